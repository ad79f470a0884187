# What a person runs; `make help` lists it. Everything made lands in .venv, .cache and node_modules.
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Some machines forbid Python to keep what it compiles; each process of the tests would compile all.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet
NODE_MODULES := tests/js/node_modules
# Other people's programs, each with packages of its own, some older or newer than ours.
FOREIGN := .cache/foreign
# Debian's, unpacked and not installed: it would take the place of the machine's own mail server.
POSTFIX := .cache/postfix
# Debian packages the tests use; scripts/system-packages.sh knows how to tell whether each is there.
TEST_PACKAGES := gcc libc6-dev pkg-config libical-dev chromium-headless-shell \
    fonts-noto-core nginx-light postgresql zbar-tools
BENCH_PACKAGES := nginx-light wrk
# Each process has a browser and a database of its own; a file of tests stays together. In their own
# order: the files with the fewest tests, which would come last otherwise, are those that take long.
# One more than there are cores, since many tests wait: for a lease, a server, a page.
ON_ALL_CORES := --numprocesses $(shell expr $$(nproc) + 1) --maxprocesses 8 --dist loadfile \
    --no-loadscope-reorder

.PHONY: help serve test test-all check bench snapshots images screenshots lock clean test-packages test-tools

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(VENV)/run ## set up and run the service; PORT= moves it, CALENDAR_* are honoured
	@exec $(BIN)/calendar-app serve $(if $(PORT),--port $(PORT))

test: test-packages test-tools ## set up and run every test but the slow ones
	$(BIN)/pytest $(ON_ALL_CORES) -m "not slow"

test-all: test-packages test-tools ## run every test, with many more random examples
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest $(ON_ALL_CORES)

check: $(VENV)/test ## format, lint, types, imports, data, catalogs
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter
	$(BIN)/calendar-app check
	$(BIN)/pytest tests/architecture tests/docs tests/words/test_catalogs.py

bench: $(VENV)/test $(FOREIGN)/peers/made $(POSTFIX)/made ## measure; BENCH= names what, all otherwise
	@sh scripts/system-packages.sh $(BENCH_PACKAGES)
	$(BIN)/python -m benchmarks $(BENCH)

snapshots: test-tools ## rewrite the stored expectations; look at the diff before you commit it
	$(BIN)/pytest --rewrite-snapshots

screenshots: test-tools ## take a picture of each kind of page, and draw the sheet of them in docs/
	$(BIN)/python scripts/contact_sheet.py .cache/screenshots

images: test-packages $(VENV)/test ## draw the pictures that stand for the pages elsewhere
	$(BIN)/python scripts/images.py

lock: $(VENV)/test ## compile requirements anew; UPGRADE=1 takes newer versions
	sh scripts/lock.sh $(if $(UPGRADE),--upgrade)
	$(BIN)/python scripts/npm.py install --package-lock-only
	$(BIN)/python scripts/bare_lock.py

clean: ## remove all that was made, but not var/
	rm -rf $(VENV) .cache dist $(NODE_MODULES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

test-packages:
	@sh scripts/system-packages.sh $(TEST_PACKAGES)

test-tools: $(VENV)/test $(NODE_MODULES)/.package-lock.json
test-tools: $(FOREIGN)/readers/made $(FOREIGN)/subscriber/made $(POSTFIX)/made

# The files below are stamps: each is newer than what it was made from.
$(VENV)/made:
	sh scripts/make-venv.sh $(VENV)
	touch $@

$(VENV)/run: requirements/run.txt requirements/build.txt pyproject.toml $(VENV)/made
	@echo "Installing what the service needs ..."
	$(PIP_INSTALL) --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/test: requirements/test.txt $(VENV)/run
	@echo "Installing what the tests need ..."
	$(PIP_INSTALL) --require-hashes -r requirements/test.txt
	touch $@

$(NODE_MODULES)/.package-lock.json: tests/js/package.json tests/js/package-lock.json $(VENV)/test
	$(BIN)/python scripts/npm.py ci
	touch $@

$(FOREIGN)/%/made: requirements/%.txt
	@echo "Installing $* ..."
	sh scripts/make-venv.sh $(FOREIGN)/$*
	$(FOREIGN)/$*/bin/python -m pip install --quiet --require-hashes -r $<
	touch $@

$(POSTFIX)/made: scripts/unpack.sh
	@echo "Unpacking postfix ..."
	@sh scripts/unpack.sh postfix $(@D)
	touch $@
