"""The report: one View computes every number once, the renderers only print it."""
