# Everything a newcomer needs: `make serve`. Everything a contributor needs: `make check test`.
.DEFAULT_GOAL := help
.PHONY: help serve test install check audit format handouts catalogue lock clean browser

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
AUDIT := var/audit
export HF_HUB_OFFLINE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:  ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

serve: install  ## set up, build the index if needed, serve on 127.0.0.1:7860
	@$(BIN)/python app.py serve

test: install browser  ## set up, then run the whole test suite
	@$(BIN)/python -m pytest

check: install  ## formatter, linter, types, known vulnerabilities
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory audit

# What is found fails. Where the list of vulnerabilities can't be asked, that is said and nothing else.
audit:  ## known vulnerabilities of what is pinned (asks the network)
	@test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) && $(AUDIT)/bin/pip install --quiet pip-audit==2.10.1; } || \
	  { echo "NOTE: vulnerabilities were not looked up: pip-audit can't be installed here"; exit 0; }; \
	$(AUDIT)/bin/pip-audit --disable-pip --require-hashes -r requirements.lock >$(AUDIT)/report 2>&1; \
	if grep -q "^Found [0-9]* known" $(AUDIT)/report; then cat $(AUDIT)/report; exit 1; \
	elif grep -q "^No known" $(AUDIT)/report && ! grep -q "could not be audited" $(AUDIT)/report; then echo "No known vulnerabilities"; \
	else echo "NOTE: vulnerabilities of some or all packages could not be looked up; see $(AUDIT)/report"; fi

format: install  ## put the formatting right
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

install: $(STAMP)  ## the virtual environment with everything in it

# Hash-checked packages first, torch last: its dependencies are then there, and only the wheel that
# fits this machine is added. A second run installs nothing.
$(STAMP): requirements.lock requirements-torch.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; found " + sys.version.split()[0] + ". Name one with: make PYTHON=python3.11 ...")'
	@echo "Setting up $(VENV) (once; about 1.5 GB, some minutes) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --progress-bar on --require-hashes --no-deps -r requirements.lock
	@$(BIN)/pip install --quiet --progress-bar on -r requirements-torch.txt
	@touch $@

browser:  ## Debian's Chromium for the browser tests (skipped loudly where it can't be installed)
	@if command -v chromium >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing chromium for the browser tests ..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else echo "NOTE: no chromium here, browser tests will be skipped; install it with: sudo apt-get install chromium"; fi

handouts: install  ## build the PDF handouts from their Markdown masters
	@$(BIN)/python -m corpus.handouts

catalogue: install  ## draw the list of documents from their front matter
	@$(BIN)/python -m corpus.catalogue

lock:  ## pin every dependency again, with hashes (needs pip-tools)
	@pip-compile --quiet --extra dev --generate-hashes --unsafe-package torch --strip-extras \
	  --no-emit-find-links --no-emit-index-url --no-emit-trusted-host \
	  --output-file requirements.lock pyproject.toml

clean:  ## remove what was built, not what was installed
	@rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis
