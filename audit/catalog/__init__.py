"""The service catalogue: formats, and who owns a service."""
