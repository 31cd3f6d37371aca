# Two commands do all set-up: `make run` and `make test`. PYTHON names the interpreter: make run PYTHON=python3.12
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made
PYTEST_ARGS ?= -n 2 --dist worksteal
PURE := tests/text tests/discovery tests/extraction tests/topics tests/identity tests/alerting \
  tests/model tests/pipeline/test_read_page.py

.PHONY: help run test demo setup lint pure bench peers docs lock clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1	/'

run: $(STAMP) ## the daemon on db/seedwatch.db, with the pages on 127.0.0.1
	@$(BIN)/seedwatch run --pages

demo: $(STAMP) ## three simulated hours of news on this machine, without a network
	@$(BIN)/seedwatch demo

test: $(STAMP) ## the whole suite
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

setup: $(STAMP) ## .venv with everything

# The seed is fixed here, so that no statement is covered by luck; `make test` draws other examples each time.
lint: $(STAMP) ## what CI checks beside the tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal $(PURE) --hypothesis-seed=0 --cov --cov-branch --cov-fail-under=100 --cov-report=term-missing:skip-covered

pure: ## the tests that `make lint` runs
	@echo $(PURE)

bench: $(STAMP) ## make bench NAME=x runs tests/bench/x.py; its last line is one JSON object
	@test -n "$(NAME)" || { echo "name one: $$(grep -l __main__ tests/bench/*.py | xargs -n 1 basename -s .py | tr '\n' ' ')" >&2; exit 2; }
	@test -f "tests/bench/$(NAME).py" || { echo "no bench $(NAME): there are $$(grep -l __main__ tests/bench/*.py | xargs -n 1 basename -s .py | tr '\n' ' ')" >&2; exit 2; }
	@[ "$(NAME)" != extract ] || $(BIN)/python -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("newspaper") is None)' \
	  || PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip install --quiet -c requirements.lock -e '.[bench]' \
	  || echo "newspaper4k could not be installed; the bench will name it as absent" >&2
	@$(BIN)/python "tests/bench/$(NAME).py" $(ARGS)

PEERS := reader rss2email feed2exec urlwatch trackthenews changedetection.io

peers: ## other tools, each in an environment of its own below .peers/, for tests/bench/peers (docs/service-levels.md)
	@for name in $(PEERS); do \
	  [ -x ".peers/$$name/bin/python" ] || "$(PYTHON)" -m venv ".peers/$$name"; \
	  PIP_DISABLE_PIP_VERSION_CHECK=1 ".peers/$$name/bin/python" -m pip install --quiet "$$name" sgmllib3k \
	    || echo "$$name could not be installed" >&2; \
	done

docs: $(STAMP) ## what is generated from the code: docs/*.md and monitor/config/config.schema.json
	@$(BIN)/python -m monitor.config.starter > monitor/config/config.schema.json.new
	@mv monitor/config/config.schema.json.new monitor/config/config.schema.json
	@$(BIN)/python docs/generate.py

lock: ## requirements.lock anew, from the newest versions that pyproject.toml allows
	rm -rf .venv-lock
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet -e '.[dev,bench]'
	{ sed -n '/^#/p' requirements.lock; .venv-lock/bin/python -m pip freeze --exclude-editable --exclude setuptools --exclude pip --exclude wheel \
	  | sed "s/^\(pysqlite3==.*\)/\1 ; sys_platform == 'linux'/"; } > requirements.lock.new
	mv requirements.lock.new requirements.lock
	rm -rf .venv-lock

clean: ## the environment and the caches; never the database
	rm -rf $(VENV) .venv-lock .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist

# Made again when what is to be installed changes. A half-made environment leaves no stamp and is made anew.
$(STAMP): pyproject.toml requirements.lock Makefile
	@command -v "$(PYTHON)" >/dev/null || { echo "python3 is missing: sudo apt-get install -y python3 python3-venv make" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$("$(PYTHON)" -V), seedwatch needs Python 3.11 or newer: name another, as in: make run PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "the venv module is missing: sudo apt-get install -y python3-venv  (or python$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv)" >&2; exit 1; }
	@if [ -d "$(VENV)" ] && ! "$(BIN)/python" -c 'import pip' 2>/dev/null; then rm -rf "$(VENV)"; fi
	@[ -x "$(BIN)/python" ] || { echo "making $(VENV) …" >&2; "$(PYTHON)" -m venv "$(VENV)"; }
	@echo "installing (a minute or two the first time) …" >&2
	@PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore "$(BIN)/python" -m pip install --quiet -c requirements.lock -e '.[dev]'
	@touch "$(STAMP)"
