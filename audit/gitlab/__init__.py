"""The only room that speaks to GitLab: what it reads becomes records and gaps, what it writes was planned elsewhere."""
