"""Evidence x rules -> verdicts and findings."""
