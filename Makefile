# Two commands on a fresh machine with Python 3.11 or newer and its venv module:
#   make quickstart   install into .venv and train a first network
#   make test         all checks, the ones CI runs

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
PARALLEL ?= --numprocesses logical --maxprocesses 4 --dist worksteal

.PHONY: help quickstart test benchmarks clean

help:
	@echo "make quickstart   install into $(VENV) and train a first network"
	@echo "make test         install into $(VENV), lint, check types and imports, run all tests"
	@echo "make benchmarks   measure training speed against other loops; takes minutes"
	@echo "make clean        remove $(VENV), caches and builds; logs stay"

quickstart: $(VENV)/.installed
	@$(BIN)/fashiontui quickstart

test: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(PARALLEL)

benchmarks: $(VENV)/.installed
	$(BIN)/python benchmarks/training.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find fashiontui tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

# Installed anew only when what is needed has changed.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV); PyTorch is large, the first time takes minutes."
	$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV); PyTorch is large, the first time takes minutes."
	$(PIP) install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed
