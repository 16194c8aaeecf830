"""What the program promises to programs that read its output: audit.json as types."""
