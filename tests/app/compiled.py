"""Imported by the server from which runs are forked, so that they find the report's templates compiled.

To compile them takes longer than a night on a small tracker.
"""

from __future__ import annotations

from audit.report.formats import texts
from tests.report import world

texts(world.usual(), world.usual())
