"""Hold a GitLab incident tracker against its incident review policy."""

__all__ = ["EDITION", "__version__"]
__version__ = "0.1.0"
EDITION = 2
"""Counts the editions of the policy's text that changed verdicts on unchanged evidence."""
