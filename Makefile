# Everything a fresh Debian machine needs: `make demo` starts the program, `make test` tests it.
# Debian's packages are installed only where this runs as root and they are missing.

PYTHON ?= python3
BIN := .venv/bin
DEBIAN := docker.io iproute2 busybox-static openssh-server openssh-client tmux
# Without compiled files each process, and each program that it starts, compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

# Three processes: two with real engines, which wait for them most of the time, and one without.
PYTEST := $(BIN)/python -m pytest --numprocesses=3 --dist=loadgroup
# A dashboard under test waits between two keys: four processes keep two cores busy.
UNIT := $(BIN)/python -m pytest --numprocesses=4 --dist=loadgroup -m "not lab and not hosts and not judged"
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test unit judged test-deep lint install packages lock screenshots bench clean

demo: .venv/.program  ## the dashboard on a simulated swarm
	$(BIN)/swarmtui demo

test: packages .venv/.tests  ## all tests, with real engines where this runs as root on Linux
	$(PYTEST)

unit: .venv/.tests  ## the tests without real engines, real ssh and whole plays
	$(UNIT)

judged: .venv/.tests  ## what is said of whole plays of each scenario, and the figures
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadgroup -m judged

test-deep: .venv/.tests  ## the tests with made-up input, twenty times as far
	SWARMTUI_TEST_DEPTH=20 $(UNIT)

lint: .venv/.tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

screenshots: .venv/.tests  ## the pictures of the README, from the simulator, always the same
	$(BIN)/python screenshots/take.py

bench: .venv/.tests  ## everything that has a target, on the simulator, beside the target
	$(BIN)/python -m bench.table

LOCK := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
  --no-header --no-emit-options --build-deps-for editable

lock: .venv/.tests  ## renew the locked versions
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra test --output-file requirements-test.txt pyproject.toml

.venv/bin/python:
	$(PYTHON) -m venv .venv || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv && \
	    $(PYTHON) -m venv .venv; }

.venv/.program: requirements.txt pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.tests: requirements-test.txt pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements-test.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/.program

packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    ! dpkg -s $(DEBIAN) >/dev/null 2>&1; then \
	  apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DEBIAN); \
	fi

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
