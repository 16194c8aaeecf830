"""A small, stateful GitLab on loopback: it serves the demo and the tests.

`state.World` is built with its builder methods and served by `server.Server`, over real HTTP, by REST and by GraphQL.
`faults` makes it misbehave on demand, and `Server.requests` says what it was asked.
"""
