"""What the sandbox's GitLab keeps: accounts, projects, issues, and what happened to them."""
