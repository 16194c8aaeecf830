"""One GitLab over HTTP: requests, retries, what a failure means."""
