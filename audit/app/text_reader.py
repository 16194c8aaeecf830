"""The fingerprint of the program that reads texts: what another one read is read anew."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from functools import cache
from importlib.metadata import version
from pathlib import Path

from audit import codec, text


@cache
def text_reader() -> str:
    """Return a digest of all that decides how a text is read: this program's reader, its parser, and Python's tables.

    It is made from the reader's source, so that nobody has to remember to raise a number when the reader changes.
    """
    sources = sorted(Path(text.__file__).parent.glob("*.py"))
    facts = [version("pyromark"), unicodedata.unidata_version, f"{sys.version_info[:2]}"]
    digest = hashlib.sha256("\n".join(facts).encode())
    for file in (*sources, Path(codec.__file__)):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
