"""GitLab -> records and gaps."""
