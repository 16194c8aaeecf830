"""The report: the View computes every number once, and the formats only print it."""
