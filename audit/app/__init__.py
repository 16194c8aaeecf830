"""What a command does, put together from the rooms below."""
