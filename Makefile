# `make demo` runs the shipped scenarios, `make test` the fast checks, `make test-slow` soak, fuzz and full conformance,
# `make bench` measures speed and size (options in BENCH).
# Each target sets up .venv by itself from a bare Python 3.11; a second run needs no network.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
WORKERS ?= 2

.PHONY: demo test test-slow bench lint types contracts unit format clean

demo: $(VENV)/run.installed
	$(BIN)/turnstile run scenarios/

test: $(VENV)/test.installed lint types contracts unit

lint: $(VENV)/test.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/test.installed
	$(BIN)/mypy

contracts: $(VENV)/test.installed
	$(BIN)/lint-imports

unit: $(VENV)/test.installed
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow"

test-slow: $(VENV)/test.installed
	$(BIN)/python -m pytest -n $(WORKERS) -m slow

bench: $(VENV)/test.installed
	$(BIN)/python -m benchmarks.run $(BENCH)

format: $(VENV)/test.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable .
	touch $@

$(VENV)/test.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable ".[test]"
	touch $@ $(VENV)/run.installed

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
