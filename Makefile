# The front door. `make help` lists the doors. Needs python3 >= 3.11 and nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
WORKERS ?= 1
JOBS ?= auto
export ALTINN_DATA_DIR ?= $(CURDIR)/var

# What `make run` and `make demo` serve with: a sandbox on this machine alone.
SANDBOX := ALTINN_ENVIRONMENT=development ALTINN_SANDBOX=true \
	ALTINN_BASE_URL=http://localhost:$(PORT) \
	ALTINN_SECRET_KEY_FILE=$(ALTINN_DATA_DIR)/secret-key

.PHONY: help
help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# --- the virtual environment -------------------------------------------------------------
.PHONY: python-version
python-version:
	@command -v $(PYTHON) >/dev/null || { echo "make: '$(PYTHON)' is not on the PATH; install Python 3.11 or newer, or set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$($(PYTHON) -V 2>&1); Python 3.11 or newer is needed (set PYTHON=/path/to/python3)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) cannot make virtual environments; install its venv package (Debian: apt-get install python3-venv)"; exit 1; }

$(VENV)/.runtime: requirements.txt | python-version
	@echo "Installing what the server needs into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | python-version
	@echo "Installing what tests and checks need into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

.PHONY: dev
dev: $(VENV)/.dev ## install the tools for developing

.PHONY: lock
lock: $(VENV)/.dev ## resolve requirements*.in into hashed requirements*.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt
