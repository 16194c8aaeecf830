"""Texts that are wholly our own: nothing in them came from GitLab, the service catalogue or the settings."""

from __future__ import annotations


class ProgramText(str):
    """A text that stands in this program, letter for letter, but for days and numbers.

    A report shows it whole, while foreign words are cut. What is put together from foreign words is none: every
    operation on it returns an ordinary text. A test holds every place that makes one against this.
    """

    __slots__ = ()
