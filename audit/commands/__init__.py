"""The commands, each in a module of its name; audit.cli puts them together.

Packages that import slowly (pandas, python-gitlab, holidays) are imported inside the commands that need them, so that
--help is fast. The commands get the environment and the clock in a ProcessContext.
"""
