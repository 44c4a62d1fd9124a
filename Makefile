# Every target does its own set-up: a machine with Python >= 3.11 and make is enough.
# Stamp files in .venv make a second run start at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := $(wildcard appcreds_sync tests examples benchmarks)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV_COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/runtime.stamp ## Show the main job, in a minute, with nothing but Python
	@$(BIN)/python examples/demo/demo.py

.PHONY: test
test: $(VENV)/dev.stamp ## Run every test, against real Home Assistants and a real OpenBao
	@$(BIN)/python -m tests.lab build
	@$(BIN)/python -m pytest --cov --cov-report=term $(PYTEST_ARGS)

.PHONY: lint
lint: $(VENV)/dev.stamp ## Check style, format and the arrows between the rooms
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-logo

.PHONY: types
types: $(VENV)/dev.stamp ## Check types
	@$(BIN)/mypy $(CODE)

.PHONY: bench
bench: $(VENV)/dev.stamp ## Measure beside a bare script that does the same work
	@$(BIN)/python -m tests.lab build
	@$(BIN)/python -m benchmarks

.PHONY: lab
lab: $(VENV)/dev.stamp ## Start the real servers, print addresses and tokens, wait for Ctrl-C
	@$(BIN)/python -m tests.lab run

.PHONY: lock
lock: $(VENV)/dev.stamp ## Write all lock files again, with the newest versions
	$(UV_COMPILE) --group build -o requirements/build.txt
	$(UV_COMPILE) pyproject.toml -o requirements/base.txt
	$(UV_COMPILE) pyproject.toml --group build --group dev -o requirements/dev.txt
	$(BIN)/python -m tests.lab lock

.PHONY: clean
clean: ## Remove what these targets made in this folder
	rm -rf $(VENV) build dist htmlcov .coverage .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: .venv
.venv: $(VENV)/dev.stamp

$(VENV)/created.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than Python 3.11; try: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/runtime.stamp: requirements/base.txt requirements/build.txt pyproject.toml | $(VENV)/created.stamp
	$(PIP_INSTALL) --require-hashes -r requirements/base.txt -r requirements/build.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
