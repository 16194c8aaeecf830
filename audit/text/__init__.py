"""Parsers of what people write in GitLab: titles, labels, references, review texts. None of them calls GitLab."""
