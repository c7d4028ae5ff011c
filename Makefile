# Everything is set up by the target that needs it; nothing but Python >= 3.11 and make is assumed.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
PYTEST := $(BIN)/python -m pytest
WORKERS ?= auto
# Each step starts several Pythons; without bytecode each of them would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=
TRANSPORTS := --rcfile=tests/api/transports.coveragerc
SLOW_TESTS := $(wildcard tests/tool tests/api tests/fuzz tests/scenarios)

.DEFAULT_GOAL := help
.PHONY: help setup check test migrate exam coverage benchmarks clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED)  ## Create .venv with the pinned packages

$(INSTALLED): requirements.txt migration/copy/_packer.c
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m migration.copy.build
	@touch $@

check: setup  ## Lint, formatting, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict api migration

test: check  ## The check, the compatibility suite, the steps, the tool, the application
	$(PYTEST) -n $(WORKERS)
	$(PYTEST) -n $(WORKERS) $(SLOW_TESTS)

migrate: setup  ## Move the demonstration databases to PostgreSQL, each step proved
	$(BIN)/python -m migration migrate

exam: setup  ## Everything at full size on each PostgreSQL version, the replay in file order and in one process too
	PGSERVER_POSTGRES_VERSION=18 $(PYTEST) -n 0 -p no:randomly
	PGSERVER_POSTGRES_VERSION=18 FULL_SIZE=1 $(PYTEST) -n $(WORKERS) $(SLOW_TESTS)
	PGSERVER_POSTGRES_VERSION=16 $(PYTEST) -n $(WORKERS)
	PGSERVER_POSTGRES_VERSION=16 $(PYTEST) -n $(WORKERS) $(SLOW_TESTS)
	$(PYTEST) -n 0 tests/browser
	$(PYTEST) -n 0 tests/real

coverage: setup  ## Branch coverage of api/ by the golden suite, and of its transports by their own tests
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) tests/compat
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/coverage erase $(TRANSPORTS)
	$(BIN)/coverage run $(TRANSPORTS) -m pytest -n 0 tests/api/test_mail.py tests/api/test_assistant.py
	$(BIN)/coverage combine --quiet $(TRANSPORTS)
	$(BIN)/coverage report $(TRANSPORTS)

benchmarks: setup  ## What isolation costs a case; how much the anonymiser finds; how fast the copy is
	$(BIN)/python -m benchmarks.isolation
	$(BIN)/python -m benchmarks.anonymiser
	$(BIN)/python -m benchmarks.anonymiser_pace
	$(BIN)/python -m benchmarks.copy
	$(BIN)/python -m benchmarks.copy --plot growth.svg --rounds 1 --only "ours, compiled, proved" "ours, Python" pgloader

clean:  ## End the demonstration's server; remove what the targets made, .venv apart
	-test ! -x $(BIN)/python || $(BIN)/python -m migration server stop --remove
	rm -rf .migration/site .migration/pending .migration/demo .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
