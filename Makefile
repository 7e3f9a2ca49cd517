# Counterfoil. A machine needs make and a Python from 3.11 to 3.14 with pip; the rest lands in .venv.
#   make demo      the sample marketplace, scanned
#   make serve     API and console on port 8000
#   make test      the whole suite          make check   formatting, lint, types, imports, dependencies
#   make bench     every benchmark          make lock    resolve the two locks again
#   make install   only the environment     make clean   remove it, with every cache and build
# ARGS is passed on: make test ARGS="tests/scoring -x", make lock ARGS=--upgrade.

# Another interpreter: make install PYTHON=python3.12
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
# uv installs the lock (6.3 GB on Linux, with CUDA) in a minute or less; pip takes several.
UV_VERSION := 0.13.8
UV := $(BIN)/uv --quiet
LOCK := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo install test check serve bench lock clean

help:
	@sed -n 's/^#   make/  make/p' Makefile

install: $(VENV)/.runtime

demo: $(VENV)/.runtime
	@$(BIN)/counterfoil demo $(ARGS)

serve: $(VENV)/.runtime
	@$(BIN)/counterfoil serve $(ARGS)

test: $(VENV)/.development
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

bench: $(VENV)/.development
	@set -e; for file in benchmarks/*.py; do \
		name=$$(basename "$$file" .py); \
		case "$$name" in _*) continue;; esac; $(BIN)/python -m "benchmarks.$$name" --json $(ARGS); \
	done

# The first lock has S3's driver too, which a cluster's nodes need. The second is held to the first, so that
# tests run on exactly what users get.
lock: $(VENV)/.uv-$(UV_VERSION)
	$(LOCK) --extra s3 --output-file requirements.lock $(ARGS)
	$(LOCK) --extra test --extra dev --constraint requirements.lock --output-file requirements-dev.lock $(ARGS)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: what is newer than its stamp is installed again, and nothing else.

$(VENV)/.runtime: requirements.lock pyproject.toml $(VENV)/.uv-$(UV_VERSION)
	$(UV) pip install --python $(VENV) --require-hashes -r requirements.lock
	$(UV) pip install --python $(VENV) --no-deps -e .
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.runtime
	$(UV) pip install --python $(VENV) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.uv-$(UV_VERSION):
	@case "$$(uname -sm)" in "Linux x86_64"|"Linux aarch64"|"Darwin arm64") ;; *) \
		echo "Counterfoil runs on Linux (x86_64, aarch64) and macOS 14 (arm64), not on $$(uname -sm):" >&2; \
		echo "PyTorch and Ray have no wheels for it. A Linux container will do." >&2; \
		exit 1;; \
	esac
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
		if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then \
			echo "Making $(VENV) with $$($$python --version)"; \
			exec sh -c "$$python -m venv $(VENV) \
				&& $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
				&& touch $@"; \
		fi; \
	done; \
	echo "Counterfoil needs a Python from 3.11 to 3.14 (its dependencies have no wheels for others);" >&2; \
	echo "$(or $(PYTHON),python3) is $$($(or $(PYTHON),python3) --version 2>&1). Install one," >&2; \
	echo "or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.13" >&2; \
	exit 1
