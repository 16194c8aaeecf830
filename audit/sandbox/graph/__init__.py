"""The GraphQL side of the sandbox."""
