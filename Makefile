# Beforehand: `make` prints what it can do. Everything is installed into .venv, and only what the target needs.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
ONCE ?=
SPEAK ?=
# So many processes share the tests of `make test`, file by file; JOBS=0: one after the other, in this process.
JOBS ?= 2
# Compiled modules may be kept: without them every start takes seconds.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo run test check types contracts lint fix docs ci soak storm differential bench bench-engine bench-latency fuzz mutants learn pins clean

help: ## what can be done here
	@echo "Beforehand: your devices ask for help before your customers have to."; echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: .venv/.demo ## the whole street on a fast clock, told here, the console open in your browser (ONCE=1: end with the story; SPEAK=folder: hear it)
	@$(BIN)/beforehand demo $(if $(ONCE),--once) $(if $(SPEAK),--speak $(SPEAK))

run: .venv/.demo ## the hub itself, with the settings of beforehand.toml and BEFOREHAND_*
	@$(BIN)/beforehand run

test: .venv/.test ## all tests, by JOBS=2 workers; those that need Mosquitto or Chromium say so when these are missing
	@$(if $(KILLS),BEFOREHAND_KILLS=$(KILLS) )$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder $(PYTEST)

check: lint types contracts docs ## lint, types, import contracts, the house rules, the documents

lint: .venv/.check
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
types: .venv/.check
	@$(BIN)/mypy
contracts: .venv/.check
	@$(BIN)/lint-imports
docs: .venv/.check .venv/.test
	@$(BIN)/python -m pytest -q tests/house $(PYTEST)

fix: .venv/.check ## whatever can be mended by itself
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

ci: check test ## what the build machine runs: check, test and the demo, once
	@$(MAKE) --no-print-directory demo ONCE=1

soak: .venv/.test ## a long run: every promise tried with EXAMPLES=20 times as many new examples, the hub killed KILLS=200 times
	@BEFOREHAND_EXAMPLES=$(or $(EXAMPLES),20) $(BIN)/python -m pytest -q -n $(JOBS) -m hypothesis -o timeout=1200 $(PYTEST)
	@BEFOREHAND_KILLS=$(or $(KILLS),200) $(BIN)/python -m pytest -q tests/system/test_kill.py $(PYTEST)

storm: .venv/.test ## HOMES=5000 devices of one firmware fail within five minutes: one matter, told calmly (HOMES=50000: a soak, and every household is told)
	@BEFOREHAND_STORM=$(or $(HOMES),5000) $(BIN)/python -m pytest -q -s -p no:xdist tests/system/test_incident_storm.py $(PYTEST)

differential: .venv/.test ## the engine held against the plain interpreter: 2,000 made-up books (BOOKS=2000), 50 series each
	@$(BIN)/python -m tests.reference.run --books $(or $(BOOKS),2000) --series 50 --jobs 2

bench: .venv/.test ## what a message costs, against Mosquitto: the hub beside a bare receive-journal-acknowledge loop
	@$(BIN)/python -m tests.benchmarks.street_cost
	@$(BIN)/python -m tests.benchmarks.breach_latency

bench-engine: .venv/.test $(if $(QUICK),,build/bench-engine/.peers) ## what judging costs, beside other engines and Node-RED (QUICK=1: ours only; STRICT=1: fail on a missed goal)
	@$(BIN)/python -m tests.benchmarks.engine $(if $(QUICK),--quick) $(if $(STRICT),--strict)

fuzz: .venv/.test ## hostile books and readings for SECONDS=60, from SEED=…: nothing may break, hang or grow
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))

mutants: .venv/.test ## MUTANTS=400 small changes of the engine, chosen by SEED=1: at least 85 % must be noticed by its tests
	@$(BIN)/python -m tests.mutation --mutants $(or $(MUTANTS),400) --seed $(or $(SEED),1)

learn: .venv/.learn ## what customers mean, learned anew from voice_skills/examples, and how much is understood then
	@$(BIN)/python -m voice_skills.learn && $(BIN)/python -m tests.benchmarks.understanding

pins: .venv/.test .venv/.check ## renew constraints.txt from what is installed
	@{ echo "# Pinned versions of everything Beforehand installs. Renewed by: make pins"; $(BIN)/python -m pip --disable-pip-version-check freeze --exclude-editable; } > constraints.txt

clean: ## forget everything that was installed and produced
	@rm -rf .venv build data *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. Install Python 3.11 or later, or say where it is: make PYTHON=/path/to/python3"; exit 1; }
	@said=`$(PYTHON) -c 'import sys; print(sys.version_info >= (3, 11))' 2>&1` || { echo "$(PYTHON) cannot start. It says:"; echo "$$said"; echo "Mend it, or say where another one is: make PYTHON=/path/to/python3"; exit 1; }; \
	case "$$said" in *True) ;; *) echo "Beforehand needs Python 3.11 or later; $(PYTHON) is `$(PYTHON) -V 2>&1`. Say where a newer one is: make PYTHON=python3.12"; exit 1;; esac
	@echo "preparing .venv (once) …"
	@$(PYTHON) -m venv .venv || { echo "Python cannot make a virtual environment. On Debian: apt install python3-venv"; exit 1; }
	@touch $@

.venv/.demo: .venv/.python pyproject.toml constraints.txt
	@echo "installing what the hub needs (once, about a minute) …"
	@$(PIP) --editable '.[demo]' || { echo "Installing failed: see the lines above. A package index must be reachable the first time."; exit 1; }
	@touch $@

.venv/.test: .venv/.demo
	@echo "installing what the tests need (once) …"
	@$(PIP) --editable '.[test]' || { echo "Installing failed: see the lines above. A package index must be reachable the first time."; exit 1; }
	@touch $@

.venv/.learn: .venv/.test
	@echo "installing what learning needs (once) …"
	@$(PIP) --editable '.[learn]' || { echo "Installing failed: see the lines above. A package index must be reachable the first time."; exit 1; }
	@touch $@

.venv/.check: .venv/.demo
	@echo "installing what the checks need (once) …"
	@$(PIP) --editable '.[check]' || { echo "Installing failed: see the lines above. A package index must be reachable the first time."; exit 1; }
	@touch $@

# The peers of bench-engine, in an environment of their own: never in .venv, and nothing else asks for them.
build/bench-engine/.peers: .venv/.test tests/benchmarks/engine/requirements.txt tests/benchmarks/engine/package.json
	@echo "installing the peers into build/bench-engine (once, about a minute) …"
	@if $(BIN)/python -m tests.benchmarks.engine.install; then touch $@; else echo "going on without what is missing"; fi
