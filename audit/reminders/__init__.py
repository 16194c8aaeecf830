"""Reminders (POLICY.md section 11): decided here as data, carried out by audit.gitlab.write.notes.

``decide`` makes the plan from the ``cases`` in a scene; ``ladder`` says which step comes and what holds it back,
``addressees`` whom it names, ``reminder_text`` and ``status_notes`` the text, ``follow_up`` what came of earlier ones.
"""
