# One command for each thing. Everything stays in this folder: the environment in .venv, every cache in .cache.
# Uses uv where it is found and venv + pip where not (`make UV= test` does without); both install what the locks
# name, by hash, and nothing else. A second run finds its stamps and costs milliseconds.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh

UV := $(shell command -v uv 2>/dev/null)
CACHE := $(CURDIR)/.cache
# Tests in parallel; more than four processes spend more on their imports than they save. Those of one file stay
# together: they share what it sets up, a browser too. Files come in the order of tests/conftest.py, the longest first.
PYTEST_ARGS := -q -n auto --maxprocesses=4 --dist loadfile --no-loadscope-reorder

export UV_CACHE_DIR := $(CACHE)/uv
export UV_PYTHON_INSTALL_DIR := $(CACHE)/python
export PIP_CACHE_DIR := $(CACHE)/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_USER := 0
export XDG_CACHE_HOME := $(CACHE)
export PYTHONPYCACHEPREFIX := $(CACHE)/pycache
# pip asks `rustc` for its version, and a rustup that has no toolchain would leave a folder at home.
ifeq ($(wildcard $(HOME)/.rustup),)
export RUSTUP_HOME ?= $(CACHE)/rustup
endif
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_TARGET PIP_PREFIX

# An environment knows its own path, and its interpreter can be uninstalled under it: then it is made anew.
STALE := $(shell if [ -L .venv/bin/python ] && [ ! -x .venv/bin/python ]; then echo 1; \
	elif [ -f .venv/.made-in ] && [ "$$(cat .venv/.made-in)" != "$(CURDIR)" ]; then echo 1; fi)

FIND_PYTHON = for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	command -v "$$python"; break; fi; done

ifneq ($(UV),)
INSTALL = "$(UV)" pip install --quiet --python .venv/bin/python
MAKE_VENV = "$(UV)" venv --quiet --allow-existing --python "$${python:-3.13}" .venv
else
INSTALL = .venv/bin/python -m pip install --quiet --no-compile
MAKE_VENV = [ -n "$$python" ] || { echo "Python 3.11 or later is needed, as python3 or as PYTHON=/path/to/it." >&2; \
	exit 1; }; "$$python" -m venv .venv || { rm -rf .venv; \
	echo "Python's venv module does not work here: install it (Debian: python3-venv), or uv." >&2; exit 1; }
endif

.PHONY: help demo test install setup check lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s  %s\n", $$1, $$2 }' Makefile

demo: .venv/.demo ## audit a tracker of its own and write the report: no GitLab and no network needed
	@.venv/bin/incident-audit demo $(ARGS)

test: .venv/.dev ## the tests (PYTEST_ARGS and ARGS go to pytest)
	@mkdir -p .cache/tmp
	@TMPDIR="$(CACHE)/tmp" .venv/bin/pytest $(PYTEST_ARGS) $(ARGS)

install: .venv/.demo ## the command alone, as .venv/bin/incident-audit

setup: .venv/.dev ## the environment for demo, test and check

check: .venv/.dev ## style, types, the layers and the pipeline's file
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --cache-dir .cache/import-linter
	.venv/bin/check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci .gitlab-ci.yml

lock: ## renew the locks (needs uv; UPGRADE=--upgrade takes newer versions)
	@[ -n "$(UV)" ] || { echo "make lock needs uv." >&2; exit 1; }
	$(COMPILE) --group build -o requirements.lock
	$(COMPILE) --extra notify --group build -o requirements-notify.lock
	$(COMPILE) --extra notify --group dev -o requirements-dev.lock

clean: ## remove the environment, the caches and what was built
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov dist build
	find audit tests -name __pycache__ -prune -exec rm -rf {} +

# The locks name no index: whoever installs asks their own.
COMPILE = "$(UV)" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-strip-extras --no-annotate --no-header $(UPGRADE) pyproject.toml

.venv/bin/python:
	@if [ -n "$(STALE)" ]; then rm -rf .venv; fi
	@echo "Making the environment in .venv (once) ..."
	@python=$$($(FIND_PYTHON)); $(MAKE_VENV)

.venv/.demo: requirements.lock pyproject.toml .venv/bin/python
	@$(call install,requirements.lock)
	@touch $@

.venv/.dev: requirements-dev.lock requirements.lock pyproject.toml .venv/bin/python
	@$(call install,requirements-dev.lock)
	@touch .venv/.demo $@

# The build backend is in the locks, so that the install itself downloads nothing that is not.
define install
	echo "Installing $(1) ..." && \
	{ [ -n "$(UV)" ] || .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null; } && \
	$(INSTALL) --require-hashes -r $(1) && \
	$(INSTALL) --no-deps --no-build-isolation -e . && \
	echo "$(CURDIR)" > .venv/.made-in
endef

ifneq ($(STALE),)
.PHONY: .venv/bin/python
endif
