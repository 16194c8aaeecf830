"""Earlier reports."""
