"""The demo's story: who works at Tanuki Cloud, what broke there, and what was made of it."""
