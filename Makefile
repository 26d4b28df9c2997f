# One command each: set up, test, show, check. Everything goes into .venv of this checkout; nothing is installed globally
# but Chromium, Node.js, Postgres and Redis, which some tests need and which come from the system's package manager when
# they are missing.

PYTHON = python3
BIN = .venv/bin
STAMP = .venv/installed
CONTRACTS = tests/contracts/test_datacontract_lint.py
CASES = 1000
MOMENTS = 100
SEED = 1
PROVIDER = tests/browser/provider
PROVIDER_STAMP = $(PROVIDER)/node_modules/.package-lock.json

# Compiled modules are kept in .venv, whatever the environment says: without them every start compiles thousands of files.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install chromium provider servers test demo lint audit bench bench-national faults fuzz dictionary lock clean
.DELETE_ON_ERROR:

install: $(STAMP)

# The pin of uv and its hashes are those of the lock file, so there is one place that names versions.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed. Name one like this: make install PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python can't make virtual environments here. Install the package python3-venv and start again." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# $(call system,COMMAND,PACKAGES,NAME): install packages of the system when a command is missing.
define system
@command -v $(1) >/dev/null && exit 0; \
if ! command -v apt-get >/dev/null; then sudo=none; \
elif [ "$$(id -u)" = 0 ]; then sudo=; \
elif sudo -n true 2>/dev/null; then sudo="sudo -n"; \
else sudo=none; fi; \
if [ "$$sudo" = none ]; then \
	echo "Some tests need $(3). Install the packages $(2) and start again," >&2; \
	echo "or leave out those of the browser: make install && $(BIN)/pytest -m 'not browser'" >&2; exit 1; fi; \
$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $(2)
endef

chromium:
	$(call system,chromium,chromium,Chromium)

# The OpenID Connect provider that the tests log in through; where it can't be had, those tests say so and are skipped.
provider: $(PROVIDER_STAMP)

$(PROVIDER_STAMP): $(PROVIDER)/package-lock.json
	$(call system,npm,nodejs npm,Node.js 20 with npm)
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { \
		echo "The login tests need Node.js 20 or newer; $$(node --version) is too old." >&2; exit 1; }
	cd $(PROVIDER) && npm ci --silent
	@touch $@

# The servers of a cluster; the tests start their own, so that the system's need not run. Debian keeps the programs of
# Postgres off the path. Where they can't be had, those tests say so and are skipped.
servers:
	$(call system,redis-server,redis-server,Redis)
	$(call system,$(firstword $(wildcard /usr/lib/postgresql/*/bin/initdb)) initdb,postgresql,Postgres)

test: install chromium
	-@$(MAKE) --no-print-directory provider
	-@$(MAKE) --no-print-directory servers
	$(BIN)/pytest -n 2 --dist loadfile

demo: install
	@test -f demo/municipality.toml || $(BIN)/yhteispeli example demo
	$(BIN)/yhteispeli refresh demo
	$(BIN)/yhteispeli serve demo

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest $(CONTRACTS)

# Asks an advisory service about every pin, so it needs a network; says so when there is none.
audit: install
	$(BIN)/python .ci/audit.py requirements.lock

bench: install
	$(BIN)/python tests/bench/coverage.py
	$(BIN)/python tests/bench/refresh.py
	$(BIN)/python tests/bench/linking.py
	$(BIN)/python tests/bench/events.py
	$(BIN)/python tests/bench/pages.py
	$(BIN)/python tests/bench/faults.py
	$(BIN)/python tests/bench/growth.py

# The same table with the whole country in it, in one run.
bench-national: install
	$(BIN)/python tests/bench/growth.py municipality region national

faults: install
	$(BIN)/pytest tests/faults --moments $(MOMENTS)

fuzz: install
	$(BIN)/python tests/fuzz/hunt.py --cases $(CASES) --seed $(SEED) 2> fuzz.log || { tail -40 fuzz.log >&2; exit 1; }

dictionary: install
	@mkdir -p build
	$(BIN)/python -c 'from pipelines.dictionary import dictionary_markdown; print(dictionary_markdown(), end="")' \
		> build/data_dictionary.md
	@echo "build/data_dictionary.md"

lock: install
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--extra cluster --extra dev -o requirements.lock pyproject.toml

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist test-results demo fuzz.log $(PROVIDER)/node_modules
