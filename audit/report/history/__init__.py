"""Earlier reports: the archive, the comparison, the output folder."""
