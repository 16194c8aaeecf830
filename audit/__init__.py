"""Hold a GitLab incident tracker against its incident review policy."""

__all__ = ["__version__"]
__version__ = "0.1.0"
