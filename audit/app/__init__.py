"""The work of each command, composed from the rooms below."""
