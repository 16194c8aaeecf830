"""Generated trackers."""
