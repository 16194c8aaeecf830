"""Reminders (POLICY.md section 11): decided here as data, carried out by audit.gitlab.write.notes.

``decide`` makes the plan; ``cases`` is what it looks at, ``ladder`` when and why not, ``addressees`` whom, ``texts``
and ``status_notes`` the words, ``markers`` how the bot knows its notes again, ``aftermath`` what followed earlier ones.
"""
