"""What may be shown of confidential records."""
