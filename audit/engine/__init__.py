"""Applies the rules to the evidence: verdicts and findings."""
