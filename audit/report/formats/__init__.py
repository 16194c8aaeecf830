"""A View as text, one file an output."""
