# The front door. `make help` lists the doors. Needs python3 >= 3.11 and nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
WORKERS ?= 1
JOBS ?= auto
ARGS ?=
SIZE ?=
DATABASE ?=
EXAMPLES ?= 200
SEED ?= 1
export ALTINN_DATA_DIR ?= $(CURDIR)/var

# What `make run` and `make demo` serve with: a sandbox on this machine alone.
BASE_URL := http://localhost:$(PORT)
SECRET_KEY_FILE := $(ALTINN_DATA_DIR)/secret-key
SANDBOX := ALTINN_ENVIRONMENT=development ALTINN_SANDBOX=true \
	ALTINN_BASE_URL=$(BASE_URL) ALTINN_SECRET_KEY_FILE="$(SECRET_KEY_FILE)" \
	ALTINN_EMBEDDED_WORKER=true
MANAGE = $(SANDBOX) ALTINN_LOG_LEVEL=WARNING $(BIN)/python manage.py
# What gates run against: production, with a key of the moment, no database, and none of
# the keys in the data folder, which are a sandbox's.
NEW_KEY := import secrets; print(secrets.token_urlsafe(50))
PRODUCTION = ALTINN_ENVIRONMENT=production ALTINN_SANDBOX=false ALTINN_LOG_LEVEL=WARNING \
	DATABASE_URL=sqlite://:memory: ALTINN_KEYS_DIR="$(ALTINN_DATA_DIR)/no-keys" \
	ALTINN_BASE_URL=https://altinn.example.no ALTINN_SECRET_KEY="$$($(BIN)/python -c '$(NEW_KEY)')"
FREE_PORT := import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])
FACES := application platform
gate = @echo "== $(1)"

.PHONY: help
help: ## list what make can do
	@echo "make TARGET [NAME=value ...]"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo "Python: PYTHON=$(PYTHON).  Data: ALTINN_DATA_DIR=$(ALTINN_DATA_DIR).  Database: DATABASE_URL (SQLite in the data folder by default)."

# --- the virtual environment -------------------------------------------------------------
.PHONY: python-version
python-version:
	@command -v "$(PYTHON)" >/dev/null || { echo "make: '$(PYTHON)' is not on the PATH; install Python 3.11 or newer, or set PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$("$(PYTHON)" -V 2>&1); Python 3.11 or newer is needed (set PYTHON=/path/to/python3)"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) cannot make virtual environments; install its venv package (Debian: apt-get install python3-venv)"; exit 1; }

$(VENV)/.runtime: requirements.txt | python-version
	@echo "Installing what the server needs into $(VENV) (once) ..."
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | python-version
	@echo "Installing what tests and checks need into $(VENV) (once) ..."
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

.PHONY: dev
dev: $(VENV)/.dev ## install the tools for developing

.PHONY: lock
lock: $(VENV)/.dev ## resolve requirements*.in into hashed requirements*.txt
	@for name in requirements requirements-s3 requirements-azure requirements-pdf requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $$name.in -o $$name.txt; done

# --- the server --------------------------------------------------------------------------
.PHONY: prepare
prepare: $(VENV)/.runtime ## make or migrate the database and load the sandbox's parties and applications
	@[ -d "$(ALTINN_DATA_DIR)" ] || mkdir -p -m 700 "$(ALTINN_DATA_DIR)"
	@mkdir -p "$(ALTINN_DATA_DIR)/static"
	@[ -s "$(SECRET_KEY_FILE)" ] || { umask 077; $(BIN)/python -c '$(NEW_KEY)' > "$(SECRET_KEY_FILE)"; echo "Made a secret key in $(SECRET_KEY_FILE)"; }
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) import_parties samples/parties
	@$(MANAGE) import_app samples/nav/app2018
	@$(MANAGE) import_app samples/nav/mvamelding
	@$(MANAGE) import_app samples/nav/aarsregnskap

.PHONY: port-number
port-number: # no leading 0, which Python would not read
	@[[ "$(PORT)" =~ ^[1-9][0-9]{0,4}$$ && "$(PORT)" -le 65535 ]] \
		|| { echo "make: '$(PORT)' is no port number; take one from 1 to 65535: make run PORT=8001"; exit 1; }

.PHONY: port-free
port-free: port-number $(VENV)/.runtime
	@$(BIN)/python -c 'import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", $(PORT)))' 2>/dev/null \
		|| { echo "make: 127.0.0.1:$(PORT) cannot be bound, most likely because a server runs there; take another port: make run PORT=8001"; exit 1; }

define ADDRESSES

Open in a browser (stop the server with Ctrl-C):
  $(BASE_URL)/                    start here
  $(BASE_URL)/Home/Tokens         whom the sandbox knows; sign in as one of them
  $(BASE_URL)/docs/application    application API, try it out
  $(BASE_URL)/docs/platform       platform API, try it out
  $(BASE_URL)/admin/              everything stored (first: make superuser)
The original proposal's addresses:
  http://nav.apps.localhost:$(PORT)/app2018
  http://storage.localhost:$(PORT)/nav/app2018
One line to try, which creates an instance:
  curl -X POST -H "Authorization: Bearer $$(curl -s $(BASE_URL)/Home/GetTestUserToken/1337)" "http://nav.apps.localhost:$(PORT)/app2018/instances?instanceOwnerId=12345"

endef
export ADDRESSES

.PHONY: run
run: port-free prepare ## serve the sandbox on 127.0.0.1 (PORT=8000 WORKERS=1 ALTINN_DATA_DIR=var)
	@echo "$$ADDRESSES"
	@$(SERVE)

SERVE = $(SANDBOX) exec $(BIN)/granian --interface wsgi --no-ws --host 127.0.0.1 --port $(PORT) \
	--workers $(WORKERS) --blocking-threads 2 --http1-buffer-size 131072 altinn.wsgi:application

.PHONY: serve
serve: # what `make run` serves with, for a folder that is prepared
	@$(SERVE)

.PHONY: superuser
superuser: prepare ## make an account for the admin
	@$(MANAGE) createsuperuser

.PHONY: manage
manage: $(VENV)/.runtime ## run a command of manage.py on the sandbox (ARGS="import_parties PATH", ARGS=help)
	@[ -s "$(SECRET_KEY_FILE)" ] || { echo "make: there is no sandbox in $(ALTINN_DATA_DIR) yet; make it first: make prepare"; exit 1; }
	@$(MANAGE) $(ARGS)

.PHONY: demo
demo: $(VENV)/.runtime ## play the original proposal's journey and three more: on a server of its own, or BASE=http://host:port
	@if [ -n "$(BASE)" ]; then exec $(BIN)/python -m samples.demo "$(BASE)"; fi; \
	unset DATABASE_URL; server=; \
	export ALTINN_DATA_DIR="$$(mktemp -d)" PORT="$$($(BIN)/python -c '$(FREE_PORT)')"; \
	trap 'if [ -n "$$server" ]; then kill "$$server" 2>/dev/null && wait "$$server" || true; fi; rm -rf "$$ALTINN_DATA_DIR"' EXIT; \
	$(MAKE) prepare; \
	$(MAKE) serve > "$$ALTINN_DATA_DIR/server.log" 2>&1 & server=$$!; \
	$(BIN)/python -m samples.demo --patience 30 "http://localhost:$$PORT" \
		|| { echo "The server said:"; tail -n 20 "$$ALTINN_DATA_DIR/server.log"; exit 1; }

# --- tests and gates ---------------------------------------------------------------------
.PHONY: test
test: $(VENV)/.dev ## run the suite on SQLite, or on the PostgreSQL that DATABASE_URL names (JOBS=auto ARGS=)
	$(call gate,pytest on $(if $(DATABASE_URL),PostgreSQL,SQLite))
	@env -u ALTINN_DATA_DIR $(BIN)/pytest -n $(JOBS) $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/.dev ## call both APIs as their documents permit, and otherwise (EXAMPLES=200 SEED=1)
	$(call gate,schemathesis)
	@env -u ALTINN_DATA_DIR ALTINN_FUZZ_EXAMPLES="$(EXAMPLES)" ALTINN_FUZZ_SEED="$(SEED)" \
		$(BIN)/pytest -n 0 tests/live/test_fuzz.py $(ARGS)

.PHONY: bench
bench: $(VENV)/.dev ## measure decisions and tokens (ARGS=quick); with SIZE=S or M the storage API (DATABASE=postgresql ARGS=--help)
	@if [ -z "$(SIZE)" ]; then $(PRODUCTION) exec $(BIN)/python -m bench $(ARGS); fi; \
	exec $(BIN)/python -m bench.storage --size "$(SIZE)" $(if $(DATABASE),--database $(DATABASE)) $(ARGS)

.PHONY: lint
lint: $(VENV)/.dev ## ruff: lint and format
	$(call gate,ruff check)
	@$(BIN)/ruff check .
	$(call gate,ruff format --check)
	@$(BIN)/ruff format --check .

.PHONY: format
format: $(VENV)/.dev ## mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: types
types: $(VENV)/.dev ## mypy, strict
	$(call gate,mypy)
	@$(BIN)/mypy

.PHONY: imports
imports: $(VENV)/.dev ## import-linter: the floors of the house
	$(call gate,lint-imports)
	@$(BIN)/lint-imports

.PHONY: migrations
migrations: $(VENV)/.dev ## no model without its migration
	$(call gate,makemigrations --check)
	@$(PRODUCTION) $(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: deploy
deploy: $(VENV)/.dev ## Django's deployment checks, as production
	$(call gate,check --deploy)
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

.PHONY: openapi
openapi: $(VENV)/.dev ## write docs/openapi/{application,platform}.yaml from the code
	@mkdir -p docs/openapi
	@for face in $(FACES); do $(call SPECTACULAR,$${face},docs/openapi/$${face}.yaml); done

SPECTACULAR = $(PRODUCTION) $(BIN)/python manage.py spectacular --urlconf "api.$(1).urls" \
	--custom-settings "api.schema.$(1)_settings" --validate --fail-on-warn --file "$(2)"

.PHONY: openapi-check
openapi-check: $(VENV)/.dev ## the committed OpenAPI files are what the code says
	$(call gate,openapi)
	@folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; \
	for face in $(FACES); do \
		$(call SPECTACULAR,$${face},$$folder/$${face}.yaml); \
		diff -u "docs/openapi/$$face.yaml" "$$folder/$$face.yaml" \
			|| { echo "make: docs/openapi/$$face.yaml is not what the code says; run: make openapi"; exit 1; }; \
	done

.PHONY: check
check: lint types imports migrations deploy openapi-check test ## every gate
	@echo "== every gate passed"

.PHONY: clean
clean: ## remove caches and the virtual environment; the data in var/ stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage*
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
