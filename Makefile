# Two commands matter: `make run` and `make test`. Both set up whatever is missing and are quick when nothing is.

SHELL := /bin/sh
.SHELLFLAGS := -ec
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup environment dev-environment run test bench lint

BIN := .venv/bin
fingerprint = $(shell cat $(1) 2>/dev/null | cksum | tr -d ' ')
INSTALLED := .venv/.installed-$(call fingerprint,requirements.txt)
INSTALLED_DEV := .venv/.installed-dev-$(call fingerprint,requirements.txt requirements-dev.txt)
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
OFFLINE_HINT := The packages could not be installed. Check the network connection (or pip's own settings), then run the same command again.

help:
	@echo "make run     start everything; PORT=8001 chooses the port"
	@echo "make test    the whole test suite on the embedded database and queue"
	@echo "make setup   environment, database and reference data; no demonstration data, no server"
	@echo "make bench   measure against peers and limits; writes bench/results.json"
	@echo "make lint    style, types and layers"

# --- Environment -------------------------------------------------------------------------------------------------

$(BIN)/python:
	@for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	  if command -v $$candidate >/dev/null 2>&1 && \
	     $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Lodestone needs Python 3.11 or newer. On Debian: sudo apt-get install python3.11 python3.11-venv" >&2; exit 1; \
	fi; \
	if [ ! -w . ]; then \
	  echo "This folder is read-only, so the environment cannot be made here. Copy the project to a folder you may write to." >&2; exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "Python's venv module is missing. On Debian: sudo apt-get install python3-venv" >&2; exit 1; \
	fi; \
	echo "Making the environment in .venv with $$($$found --version)"; \
	$$found -m venv .venv

$(INSTALLED): | $(BIN)/python
	@echo "Installing the pinned packages; the first time takes a minute or two"
	@$(PIP) -r requirements.txt || { echo "$(OFFLINE_HINT)" >&2; exit 1; }
	@rm -f .venv/.installed-[0-9]*; touch $@

$(INSTALLED_DEV): | $(INSTALLED)
	@echo "Installing the pinned tools for tests and linting"
	@$(PIP) -r requirements-dev.txt || { echo "$(OFFLINE_HINT)" >&2; exit 1; }
	@rm -f .venv/.installed-dev-*; touch $@

environment: $(INSTALLED)
dev-environment: $(INSTALLED_DEV)

# --- What people type --------------------------------------------------------------------------------------------

setup: environment
	@$(BIN)/python -m config.prepare

run: environment
	@exec $(BIN)/python -P config/supervisor.py

test: dev-environment
	@$(BIN)/python -m pytest --numprocesses auto $(ARGS)

bench: dev-environment
	@$(BIN)/python -m bench $(ARGS)

lint: dev-environment
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djangofmt --check collection config reports
	@$(BIN)/mypy
	@$(BIN)/lint-imports
