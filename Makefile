# Tasks of one or two words; `make help` lists them. The first call makes the environment, later ones cost nothing.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test faults clients matrix fresh bench profile audit lint types fmt windows screenshots screenshots-check build lock clean

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: .venv/run ## the whole program against a server of its own: no account, no network
	$(BIN)/smily-tui demo

test: .venv/dev .cache/system ## the tests, with a real terminal, browser and server; ARGS=--thorough takes all of every table
	$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

faults: .venv/faults .cache/system ## the whole fault laboratory, compared with other ways; writes the figures into the documents
	rm -f .cache/figures
	$(BIN)/python -m pytest tests/faults --faults --figures .cache/figures -p no:cacheprovider $(ARGS)
	$(BIN)/python scripts/figures.py .cache/figures

clients: .venv/dev .cache/clients/python .cache/clients/node .cache/clients/xoauth2 ## other OAuth clients against the sandbox; writes docs/clients.md; needs the network
	@cp tests/clients/drivers/node/*.mjs .cache/clients/node 2>/dev/null || true
	$(BIN)/python scripts/clients.py $(ARGS)

matrix: .venv/dev .cache/system ## the tests on every Python here, with the lowest and the newest versions
	$(BIN)/python scripts/matrix.py $(ARGS)

fresh: .venv/dev ## the README's two commands on a bare Debian 12, as an ordinary user and as root
	@scripts/system.sh debootstrap || true
	$(BIN)/python scripts/fresh.py

bench: .venv/dev .cache/system ## costs as ratios to baselines, measured in turn; ARGS: commands, screens
	$(BIN)/python -m benchmarks $(ARGS)

profile: .venv/dev ## where the time of a start goes: imports, stacks, growth with the number of accounts
	$(BIN)/python scripts/profile.py

audit: .venv/dev ## known weaknesses of the exact versions; needs the network
	$(BIN)/python -m uv tool run pip-audit --require-hashes --disable-pip -r requirements/run.txt

lint: .venv/dev ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# not for Windows: made of POSIX processes, terminals and modes
POSIX := benchmarks/(pairs|terminals)|scripts/(fresh|profile)|tests/(conftest|test_batch|desktop/test_browser|e2e/test_(demo|left_off)|\
faults/(crashes|crowds|killing|resting|saving)/|met/test_(environment|handed_commands|hidden_prompt|leaving|limits|\
network_variables|places|rights|settings|signals)|support/(crowd|dialogue|terminal|tui/scenes)|system/test_darwin|\
vault/test_(disk|keyring_trouble))

types: .venv/dev ## types, strictly, for Linux, macOS and Windows
	$(BIN)/mypy --platform linux --cache-dir .mypy_cache/linux
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 --follow-imports silent --exclude '$(subst | ,|,$(POSIX))'

fmt: .venv/dev ## format, and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

windows: .venv/dev ## the program by Windows' own Python under Wine, where Wine can be installed
	@scripts/system.sh wine wine64 || true
	@$(BIN)/python scripts/windows.py $(ARGS)

screenshots: .venv/dev ## make the pictures anew
	$(BIN)/python scripts/screenshots.py

screenshots-check: .venv/dev ## see that the pictures are what the program shows
	$(BIN)/python scripts/screenshots.py --check

build: .venv/dev ## the package
	rm -rf dist
	$(BIN)/python -m build --no-isolation

lock: .venv/dev ## choose exact versions anew
	$(BIN)/python scripts/lock.py
	cd tests/clients/drivers/node && npm update --package-lock-only --ignore-scripts --silent

clean: ## delete what the tasks made
	rm -rf .venv .cache dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.x"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || scripts/system.sh python3-venv
	@echo "Setting up .venv (about a minute) …"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run: .venv/python requirements/run.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.venv/dev: .venv/python requirements/dev.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.venv/faults: .venv/dev requirements/faults.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/faults.txt
	touch $@

.cache/system: scripts/system.sh
	@mkdir -p .cache
	@echo "Installing Debian's packages for the tests where they are missing (a minute or two) …"
	@scripts/system.sh chromium libatomic1 fonts-firacode fonts-dejavu-core curl jq tmux xvfb xclip dbus gnome-keyring exfat-fuse exfatprogs && touch $@ \
		|| echo "Going on without: the tests that need them skip by name." >&2

# What cannot be installed is missing in `make clients`, which skips it by name.
.cache/clients/system: scripts/system.sh
	@mkdir -p .cache/clients
	@scripts/system.sh curl nodejs $$(command -v npm >/dev/null || echo npm) ruby-oauth2 liblwp-authen-oauth2-perl \
		libnet-oauth2-perl golang-go golang-golang-x-oauth2-dev && touch $@ || true

.cache/clients/python: requirements/clients.txt
	@rm -rf $@ && mkdir -p .cache/clients
	@$(PYTHON) -m venv $@ && $@/bin/python -m pip install --quiet --require-hashes -r requirements/clients.txt && touch $@ || rm -rf $@

.cache/clients/node: .cache/clients/system tests/clients/drivers/node/package-lock.json
	@mkdir -p $@ && cp tests/clients/drivers/node/{.npmrc,package.json,package-lock.json} $@
	@npm ci --prefix $@ --ignore-scripts --no-audit --no-fund --silent && touch $@ || rm -rf $@

.cache/clients/xoauth2: tests/clients/drivers/debian/xoauth2.go .cache/clients/system
	@GO111MODULE=off GOPATH=/usr/share/gocode go build -o $@ $< || true
