"""Records -> frames."""
