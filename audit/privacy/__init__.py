"""What may be told of confidential records."""
