"""Every number of the report, computed once."""
