"""Reads GitLab into records and gaps."""
