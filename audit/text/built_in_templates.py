"""GitLab's own templates of reviews, so that a review that was begun from one is read rightly where no file is read.

Of each edition the names of its headings and rows, which are facts; of its sentences only digests, each in the section
where the template says it (``""``: before the first heading, or where is not known). Questions, labels, blanks for
values, task marks and comments need no digest: they are found by their form.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

from audit.text.names import key


class BuiltIn(NamedTuple):
    """An edition of GitLab's template."""

    origin: str
    sections: tuple[str, ...]
    static: frozenset[str] = frozenset()
    """Those of its sections that leave nothing to fill."""
    rows: tuple[str, ...] = ()
    """Of its Key Information."""


EDITIONS: Final = (
    BuiltIn(
        "built-in 2024",
        (
            *("Key Information", "Summary", "Details", "Outcomes/Corrective Actions", "Learning Opportunities"),
            *("What went well?", "What was difficult?", "Review Guidelines"),
            "For the person opening the Incident Review",
        ),
        frozenset({"Review Guidelines", "For the person opening the Incident Review"}),
        (
            *("Customers Affected", "Requests Affected", "Incident Severity", "Start Time", "End Time"),
            *("Total Duration", "Link to Incident Issue"),
        ),
    ),
    BuiltIn(
        "built-in 2022",
        ("Incident Review", "Customer Impact", "What were the root causes?", "Incident Response Analysis"),
        frozenset({"Incident Review"}),
    ),
    BuiltIn(
        "built-in 2020",
        (
            *("Summary", "Metrics", "Customer Impact", "Incident Response Analysis", "Post Incident Analysis"),
            *("Timeline", "5 Whys", "Lessons Learned", "Corrective Actions", "Guidelines"),
        ),
        frozenset({"Guidelines"}),
    ),
    BuiltIn(
        "built-in 2019",
        (
            *("Summary", "Impact & Metrics", "Detection & Response", "Root Cause Analysis"),
            *("Example of the usage of 5 whys", "What went well", "What can be improved", "Corrective actions"),
            "Guidelines",
        ),
        frozenset({"Guidelines", "Example of the usage of 5 whys"}),
    ),
    BuiltIn(
        "built-in 2018",
        (
            *("Summary", "Impact & Metrics", "Detection & Response", "Timeline", "Root Cause Analysis"),
            *("What went well", "What can be improved", "Corrective actions", "Guidelines"),
        ),
        frozenset({"Guidelines"}),
    ),
    BuiltIn(
        "built-in 2017",
        (
            *("Context", "Timeline", "Incident Analysis", "Root Cause Analysis", "What went well"),
            *("What can be improved", "Corrective actions", "Guidelines"),
        ),
        frozenset({"Guidelines"}),
    ),
)
"""The newest first."""


def digest(words: str) -> str:
    """Return the digest by which a sentence is known."""
    return hashlib.sha256(words.encode()).hexdigest()[:12]


_DIGESTS: Final = {
    "5 whys": """
        2f221f8ea892 4d89401cd501 55feab0a0c88 65748b418590 6fc8c62d064f 7b45d54355c1 a74119e024bf be458377329c
        c536067c01e6 ce3beab2e478 fcf5b9e8f823
    """,
    "context": """
        3e163d786a7d
    """,
    "corrective actions": """
        092622559c09 23fbc7b484c8 68022c051c83 8c96af379344 b87f5daed693 dbef28b6fde6 e8f935db40fa
    """,
    "example of the usage of 5 whys": """
        142cbd125fa3 35d835d575af 441a178c5cd6 4782e2df8955 6ee342b3e837 73585fc5b078 79aaec2198e0 7d1508107e37
        85c2d92b170b 8b0006284fd8 b35a1e900117 baf4c4d78041 fc12db7b13f4
    """,
    "guidelines": """
        0e1cc8ef4f55 694e696ea7c4 9ccc3129750f 9d6a7c7bdf7f ae3ed2538bf2
    """,
    "impact & metrics": """
        af9173699d3b f18f5c384951
    """,
    "lessons learned": """
        1bd2909ed6f4 341e44d33d6e 50379cfd53e7 559e52dad55f 7dcca57871b5 dd26bfc85c6f e23eb899443b
    """,
    "metrics": """
        f18f5c384951
    """,
    "root cause analysis": """
        094d56ad4790 142cbd125fa3 34ee10c0214c 35d835d575af 3cdcae4b5c90 41b2b1fbb0ef 441a178c5cd6 4782e2df8955
        48d88cdc15af 4b1d1edf0c2e 6ee342b3e837 73585fc5b078 79082367f4b9 79aaec2198e0 79bac70311dc 7d1508107e37
        80b3d493dad4 85c2d92b170b 8b0006284fd8 95ee38651f79 9bbc98d84d13 9fba04eec6d8 b0ff2aaf5165 b238e1a144c9
        b35a1e900117 b59f83d01371 baf4c4d78041 ca33f1a5d918 d5b41f21b835 e0d7bdb65ad3 ee726f1dc459 fc12db7b13f4
    """,
    "summary": """
        36a25c1b278e 5f0b0a9e0443 8706bbdc0998 ed6ec65e7c70 fb7b4c6c0517
    """,
    "timeline": """
        3883def159b6 920d8912c8fa f8d17df9e10f fc0329c5f6a4
    """,
    "what can be improved": """
        0755d782d357 9d6c97a51883
    """,
    "what went well": """
        826dbcf78ad0 a536181ce593 bc81179c64ba
    """,
    "": """
        1f71b30debaa 27b0f5176e40 2a8354865fda 3c1d7ed7d949 4c7eba3e9ff9 974decb9a441 c132d22f3ed3 d5db389f59f0
        d8e288e89071 e4838c46fae9 e693cab8f496
    """,
}

ANYWHERE: Final = frozenset(_DIGESTS[""].split())
DIGESTS: Final = {key(name): frozenset(digests.split()) | ANYWHERE for name, digests in _DIGESTS.items() if name}
"""Key of a section -> digests of the sentences that some edition has there, and of those anywhere."""
