"""Where the report goes, as data: decided here, carried out by audit.gitlab.write.publish and audit.app.digest_sender.

`targets.publication` says what would be published where, `audience` who could read it there, `stamp` by which hidden
marker the bot finds its own again.
"""
