"""Plans -> GitLab."""
