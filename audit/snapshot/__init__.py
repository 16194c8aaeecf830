"""Records on disk: one SQLite file a pull, sealed, replaced whole, merged from shards."""
