"""Speaks HTTP to one GitLab: requests, retries, and the meaning of failures."""
