"""Structures of published templates, as documents with slots: what the template has there, and what somebody wrote.

The structures are facts about templates; their sentences are written for these tests.
"""
