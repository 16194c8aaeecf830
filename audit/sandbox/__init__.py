"""A small, stateful GitLab on loopback: it serves the demo, and the tests.

`data.world.World` is built with its builder methods and served by `server.Server`, over real HTTP, by REST and by
GraphQL. It answers each request that the program sends, and nothing else. What misbehaves stands in tests/sandbox.
"""
