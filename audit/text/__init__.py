"""What people write in GitLab, read without GitLab: titles, labels, references, review texts."""
