# From a bare machine with make and Python 3.11 or newer: `make demo`, `make test`, `make check`.
# Everything is installed into .venv from the hashed locks in locks/; nothing else on the machine is touched.

SHELL := /bin/sh
.DEFAULT_GOAL := help

BIN := .venv/bin
DEMO ?= runs/demo
WORKERS ?= 2
# One BLAS thread per process: tests and sweeps run in parallel by processes.
BLAS := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
# by file, so that runs shared by the tests of a file are made once
PYTEST := $(BLAS) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export UV_CUSTOM_COMPILE_COMMAND := make lock
# The active environment of the caller's shell must not decide where things are installed.
unexport VIRTUAL_ENV
unexport PYTHONPATH
unexport PYTHONHOME

.PHONY: help demo test test-all test-browser check format bench lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | sort | expand -t 16

demo: .venv/runtime.ready ## a news town and its random control, with a report (installs the runtime packages only)
	@$(BLAS) $(BIN)/townsquare sweep demo --out $(DEMO)
	@$(BIN)/townsquare report $(DEMO)/default/seed-0 --control $(DEMO)/random/seed-0 -o $(DEMO)/report.html
	@echo "Open $(DEMO)/report.html in a browser; docs/five-minutes.md goes on from here."

test: .venv/dev.ready ## fast tests
	$(PYTEST)

test-all: .venv/dev.ready ## all tests but those that need a browser
	@sh scripts/need-mosquitto || true
	$(PYTEST) -m "not browser"

test-browser: .venv/dev.ready ## tests that open reports and the dashboard in Chromium
	@sh scripts/need-chromium
	$(BLAS) $(BIN)/python -m pytest -m browser

check: .venv/dev.ready ## formatting, lint, types and import floors; changes nothing
	$(BIN)/ruff format --check --output-format concise .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev.ready ## format and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev.ready ## measure speed and print the table
	$(BLAS) $(BIN)/python -m benchmarks

lock: .venv/created ## resolve the dependencies anew and write locks/
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) --group build --output-file locks/runtime.lock >/dev/null
	$(LOCK) --extra view --extra llm --extra vector --extra minilm --extra otel --extra mqtt --extra broker --group dev --constraints locks/runtime.lock --output-file locks/dev.lock >/dev/null

LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --extra cf --extra report

clean: ## remove .venv, caches and build results; runs/ stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: one stamp per step, each made only when what it depends on is newer ---

.venv/created:
	@sh scripts/make-venv .venv
	@touch $@

# `uv pip sync` also removes what the lock does not name, this project included: the .ready steps put it back.
.venv/dev.locked: locks/dev.lock .venv/created
	@sh scripts/install-lock $(BIN) sync locks/dev.lock
	@touch .venv/runtime.locked $@

.venv/runtime.locked: locks/runtime.lock .venv/created
	@sh scripts/install-lock $(BIN) install locks/runtime.lock
	@touch $@

.venv/dev.ready: .venv/dev.locked pyproject.toml
	$(INSTALL_PROJECT)
	@touch .venv/runtime.ready $@

.venv/runtime.ready: .venv/runtime.locked pyproject.toml
	$(INSTALL_PROJECT)
	@touch $@

INSTALL_PROJECT = @$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
