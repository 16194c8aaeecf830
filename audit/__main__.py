"""``python -m audit`` is ``incident-audit``."""

from audit.cli import main

main()
