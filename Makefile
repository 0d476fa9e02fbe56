# Datong: one command each. `make` alone lists them. A fresh machine needs Python 3.11 or newer and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 3
TESTS ?= src

.DEFAULT_GOAL := help
.PHONY: help setup dev demo shadow serve test test-server lint check-migrations format bench requirements locales lock api-fuzz clean

help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: setup locales ## A day of orders through every channel, watched in the console (BRAND=tea, ONCE=1)
	@$(BIN)/datong demo $(if $(BRAND),--brand $(BRAND)) $(if $(ONCE),--once)

shadow: setup locales ## What today's separate systems get wrong, shown on the demo's day (ONCE=1)
	@$(BIN)/datong shadow $(if $(ONCE),--once)

serve: setup locales ## The console and the API on http://127.0.0.1:8000
	@$(BIN)/datong serve

test: dev locales ## Every test (TESTS=path, JOBS=3)
	@tools/chromium
	$(BIN)/python -m pytest -n $(JOBS) $(TESTS)

test-server: dev locales ## The database's tests on the server that DATABASE_URL names
	@test -n "$$DATABASE_URL" || { echo "set DATABASE_URL, or: tools/with_debian_postgresql make test-server" >&2; exit 1; }
	$(BIN)/python -m pytest -n $(JOBS) -m "not browser" --ignore src/datong/site/house_tests \
	  --ignore src/datong/kernel/tests/test_embedded.py --ignore src/datong/site/cli/tests/test_commands.py \
	  --ignore src/datong/site/tests/test_crash.py $(TESTS)

lint: dev ## Style, types, borders, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DATONG_SECRET_KEY=lint $(BIN)/mypy src tools
	$(BIN)/lint-imports --config tools/importlinter.toml
	@$(MAKE) --no-print-directory check-migrations

check-migrations: dev ## The migrations say what the models say (needs no database)
	@DATONG_SECRET_KEY=lint $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run \
	  --settings datong.site.settings

format: dev ## Let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Every benchmark, one JSON object each
	@$(BIN)/datong bench all --json

requirements: setup ## Which requirements have a passing test (after make test)
	@$(BIN)/datong requirements

api-fuzz: dev ## Schemathesis over the whole API, all checks (SEED=7 tries the same again, TIME_S=600 for longer)
	$(BIN)/python tools/api_fuzz.py $(if $(SEED),--seed $(SEED)) $(if $(TIME_S),--max-time $(TIME_S))

locales: setup ## Compile the translations
	@$(BIN)/python tools/locales.py

lock: dev ## Renew the lock files from pyproject.toml
	PIP="$(BIN)/python -m pip" tools/lock

clean: ## Remove what was built; the data of `datong` stays
	@test ! -x $(BIN)/python || $(BIN)/python -m datong.site.testing.home
	rm -rf .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist src/*.egg-info
	find src tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete

# Set-up: a step is skipped while its lock file is the one that was installed.

setup: $(VENV)/.runtime
dev: $(VENV)/.dev

$(VENV)/.runtime: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" tools/setup requirements.lock $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.runtime
	@PYTHON="$(PYTHON)" tools/setup requirements-dev.lock $@
