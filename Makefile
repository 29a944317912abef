# Everything starts here: `make run` to see Edgewise work, `make test` to prove it. `make` alone lists the rest.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# `make run HOST=0.0.0.0 PORT=9000 DATA=somewhere`. Plain `=`: a PORT that happens to be in the environment is not meant.
HOST = 127.0.0.1
PORT = 8080
DATA = .edgewise/demo

# `make load SECONDS=300 USERS=200 FLEET=small`: docs/load-test.md says what each is.
SECONDS = 60
USERS = 60
ADMINS = 2
PURGERS = 1
SOURCES = 100
PROCESSES = 1
FLEET = whole

# `make test PYTEST_ARGS="-k purge -x"`; WORKERS=0: one after the other, in this process, as a debugger wants it.
PYTEST_ARGS =
WORKERS = 2
PYTEST = .venv/bin/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(PYTEST_ARGS)

# Real browsers, whole commands and processes, generated calls and catalogs, kill -9: `make test` runs these, `make check` not.
SLOW_TESTS := tests/browser tests/fleet tests/races tests/demo/test_page.py tests/cli tests/nginx \
	tests/fronts/test_served.py tests/origin/test_node.py tests/api/test_openapi.py tests/publish/test_secrets.py \
	tests/loadtest/test_faults.py tests/loadtest/fleet

# Where the machine has no Node, npm and node are in here.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUNBUFFERED := 1
# Compiled once, whatever the environment says: the tests start hundreds of processes, each of which would do it again.
export PYTHONDONTWRITEBYTECODE :=

# A stamp vouches for what is on the disk here and now: where that is gone, or the whole folder was moved, so is the stamp.
$(shell sh scripts/drop-stale-stamps.sh)

##@ Use

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: setup ## set up, then the demo on http://127.0.0.1:8080 (HOST=, PORT=, DATA=)
	@echo "==> Starting the demo on http://$(HOST):$(PORT) (Ctrl-C ends it)"
	@.venv/bin/edgewise demo --host "$(HOST)" --port "$(PORT)" --data-dir "$(DATA)"

.PHONY: test
test: setup system ## set up, then every check and every test (PYTEST_ARGS=, WORKERS=)
	@$(MAKE) -j4 --output-sync=target lint unit-js
	@echo "==> Every Python test"
	@$(PYTEST) --cache-clear || sh scripts/once-more.sh $$?

.PHONY: load
load: setup system ## load a fleet for a minute and check every answer (SECONDS=, USERS=, FLEET=small, ...)
	@.venv/bin/python -m loadtest.run --seconds "$(SECONDS)" --users "$(USERS)" --admins "$(ADMINS)" \
		--purgers "$(PURGERS)" --sources "$(SOURCES)" --processes "$(PROCESSES)" --fleet "$(FLEET)"

.PHONY: check
check: setup ## the quick part: lint, types and unit tests
	@$(MAKE) -j4 --output-sync=target lint unit-js
	@echo "==> Unit tests, Python"
	@$(PYTEST) $(SLOW_TESTS:%=--ignore=%)

##@ Set up

.PHONY: setup
setup: .make/python .make/assets ## what run and test need; quick when nothing changed
	@echo "==> Set up: .venv, loader/node_modules, edge/assets"

.make/python: constraints/dev.txt pyproject.toml edge/__init__.py scripts/setup-python.sh
	@echo "==> Setting up Python in .venv (the first time takes a minute)"
	@sh scripts/setup-python.sh
	@mkdir -p .make && touch $@

.make/node: constraints/node.txt loader/package.json scripts/setup-node.sh | .make/python
	@echo "==> Setting up Node"
	@sh scripts/setup-node.sh
	@mkdir -p .make && touch $@

.make/packages: .make/node loader/package.json loader/package-lock.json
	@echo "==> Installing the loader's packages"
	@cd loader && npm ci
	@touch $@

# Folders count too: the date of a folder tells of a file that was removed from it.
LOADER_SOURCES := $(shell find loader -mindepth 1 \( -name node_modules -o -name test -o -name tests -o -name coverage \) -prune -o -print)

.make/assets: .make/packages $(LOADER_SOURCES)
	@echo "==> Building the browser files"
	@cd loader && npm run --silent build
	@touch $@

# Programs that only the tests need (Chromium; later more): scripts/system-packages.txt is the list.
.PHONY: system
system:
	@sh scripts/setup-system.sh

##@ Work on it

.PHONY: format
format: setup ## format the Python code and mend what linters can mend
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format .

.PHONY: lint lint-py format-py types-py imports-py lint-js types-js
lint: lint-py format-py types-py imports-py lint-js types-js ## linters and type checkers alone

lint-py: .make/python
	@echo "==> ruff check"
	@.venv/bin/ruff check --quiet .
format-py: .make/python
	@echo "==> ruff format --check"
	@.venv/bin/ruff format --check --quiet .
types-py: .make/python
	@echo "==> mypy"
	@.venv/bin/mypy --no-error-summary
imports-py: .make/python
	@echo "==> lint-imports"
	@.venv/bin/lint-imports --no-cache
lint-js: .make/packages
	@echo "==> eslint"
	@cd loader && npm run --silent lint
types-js: .make/packages
	@echo "==> tsc"
	@cd loader && npm run --silent types

.PHONY: unit-js
unit-js: .make/assets
	@echo "==> vitest"
	@cd loader && npm test --silent

# Not part of `make test`: it asks the vulnerability services of PyPI and npm, so its answer changes from day to day
# with no change here, and a machine that reaches only package registries cannot run it.
.PHONY: audit
audit: setup ## known vulnerabilities in what is pinned (needs the network)
	@.venv/bin/pip-audit --require-hashes --disable-pip -r constraints/run.txt
	@cd loader && npm audit --omit=dev

.PHONY: lock
lock: .make/node ## pin anew what pyproject.toml and package.json ask for (UPGRADE=1: the newest)
	@echo "==> Pinning"
	@UPGRADE="$(UPGRADE)" sh scripts/lock.sh

.PHONY: build
build: setup ## the wheel, browser files inside, in dist/
	@.venv/bin/hatchling build -t wheel -d dist

.PHONY: clean
clean: ## remove everything that was made here, the environment too (not the data)
	rm -rf .make .venv dist edge/assets loader/node_modules .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
