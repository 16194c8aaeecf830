"""Turns records into frames."""
