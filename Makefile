# Plaza in two commands: `make run` and `make test`. `make` alone lists the rest.
#
# Needed: Python 3.11 or newer, make, and a package index that pip can reach. Everything else is installed into .venv.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV ?= .venv
BIN := $(VENV)/bin
# The first Python that is new enough; `make run PYTHON=/path/to/python` decides otherwise.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done; echo python3)
PORT ?= 8000
# Two test processes are fastest on two cores. Each begins with one half, mostly one database, and takes from the other when it
# is done, so that what is made once per run and database is made once. PYTEST_ARGS narrows a run: PYTEST_ARGS="-k support -x"
PYTEST_WORKERS ?= 2
PYTEST_ARGS ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))

.PHONY: help run test check bench requirements translations format clean

help: ## List what make can do here
	@echo "Plaza: a participatory platform for a city"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-21s %s\n", $$1, $$2 }'

run: $(VENV)/.installed-run $(CATALOGUES) ## Set everything up, open the demonstration city on http://127.0.0.1:8000 (PORT=…)
	@PORT=$(PORT) $(BIN)/python -m app.developers.serve

# Programs that tests begin find modules compiled, also where the system (many containers do) says that Python must not keep them.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/.installed-dev $(CATALOGUES) ## Set up and run all tests (REQUIRE_SERVICES=1: a missing service or browser is a failure)
	@PLAZA_TEST_DATABASE=$${PLAZA_TEST_DATABASE:-both} $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal $(PYTEST_ARGS)

check: $(VENV)/.installed-dev $(CATALOGUES) ## Format, lint, types, import contracts, translations, migrations up and down
	@$(BIN)/python -m app.developers.checks

bench: $(VENV)/.installed-dev $(CATALOGUES) ## Measure; one JSON line per figure (ONLY=proposals for one room)
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

requirements: $(VENV)/.installed-dev ## Compile requirements*.in into exact, hashed requirements*.txt (UPGRADE=1 for newer versions)
	$(call compile,requirements)
	$(call compile,requirements-dev,-c requirements.txt)

translations: $(VENV)/.installed-dev ## Collect every marked text and bring the catalogues up to date
	@$(BIN)/python -m app.developers.checks.translations update

format: $(VENV)/.installed-dev ## Format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

clean: ## Remove the virtual environment and caches (the data in var/ stays)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find translations -name '*.mo' -delete

# --- Setting up -------------------------------------------------------------------------------------------------------

define compile
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes $(if $(UPGRADE),--upgrade) \
		--custom-compile-command "make requirements" $(2) -o $(1).txt $(1).in
endef

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Plaza needs Python 3.11 or newer; '$(PYTHON)' is" "$$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: its modules venv and ensurepip are missing." >&2; \
		echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed-run: requirements.txt | $(BIN)/python
	@echo "Installing what Plaza needs (a minute the first time)"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

# Everything in requirements.txt is in requirements-dev.txt too: one installation serves both.
$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing what Plaza and its tests need (a minute the first time)"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@ $(VENV)/.installed-run

%.mo: %.po | $(VENV)/.installed-run
	@$(BIN)/pybabel -q compile -i $< -o $@
