"""The commands, each in a file of its name; audit.cli puts them together.

Whatever is slow to import (pandas, python-gitlab, holidays) is imported inside the command that needs it, so that help
is there at once. What a command needs of the environment and the clock stands in its ProcessContext.
"""
