"""The command line in a process of its own, which somebody may end at any moment.

Each is forked from a server that has imported the program once, since importing pandas takes longer than a night.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audit import cli
from tests.app.eve import SETTINGS, TOKEN

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from tests.sandbox.server import Server

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["audit.app.nightly", "tests.app.killable", "tests.app.compiled"])
PATIENCE = 60
"""Seconds after which a process that should have ended is not waited for any longer."""


def started(server: Server, folder: Path, as_of: str) -> BaseProcess:
    """Run the nightly job with ``--apply`` in a process; its files go into the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "audit.yml").write_text(json.dumps({**SETTINGS, "reminders": {"per_person": 20}}), encoding="utf-8")
    process = CONTEXT.Process(target=_main, args=(server.url, str(folder), as_of), daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """End a process at once; it has no say in it."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)


def _main(url: str, folder: str, as_of: str) -> None:
    os.chdir(folder)
    environ = os.environ  # noqa: TID251 - of this process alone
    for name in [name for name in environ if name.startswith(("CI_", "GITLAB_"))]:
        del environ[name]
    environ.update(GITLAB_URL=url, GITLAB_TOKEN=TOKEN)
    sys.argv = ["incident-audit", "run", "--apply", "--as-of", as_of, "--output", "."]
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout = sys.stderr = nowhere
        cli.main(now=lambda zone: datetime.fromisoformat(f"{as_of} 06:00").replace(tzinfo=zone))
