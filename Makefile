# Every target makes .venv itself when it is missing or out of date: `install` with what running needs, `install-dev`
# with what tests, checks, benchmarks and pictures need besides.
PYTHON ?= python3
# The image's build names another place, and what to install there: see Dockerfile.
VENV := .venv
PACKAGE := --editable .
BIN := $(VENV)/bin
# --no-compile: Python compiles what is used when it is used, a third of what is there.
PIP := $(BIN)/pip install --no-compile --disable-pip-version-check
# torch's own index of CPU builds: without it pip takes the CUDA build on Linux, 3 GB of it.
TORCH_INDEX := --extra-index-url https://download.pytorch.org/whl/cpu
TORCH := $(PIP) --require-hashes --no-deps --retries 0
# Prints a sentence and fails where Python is too old, before anything is downloaded.
NEW_ENOUGH := 'import sys; sys.version_info >= (3, 11) or sys.exit("This needs Python 3.11 or newer, and $(PYTHON) is \
Python " + sys.version.split()[0] + ". Install a newer one and name it: make install PYTHON=python3.12")'

.PHONY: install install-dev playground init run test test-fast test-page lint format benchmark peers system pictures \
	approve lock audit sbom test-chroot test-pythons

install: $(VENV)/installed

install-dev: $(VENV)/installed-dev

# Packages are taken by their hashes: what was changed on its way here is refused. The NVIDIA libraries have none, which
# the last line adds where PyTorch's own index cannot be reached on Linux, so that PyPI's build of torch is taken.
$(VENV)/installed: pyproject.toml constraints.txt requirements.lock
	@$(PYTHON) -c $(NEW_ENOUGH)
	@echo "Installing into $(VENV), which takes a few minutes and 1 GB. Step 1 of 3: the environment"
	@$(PYTHON) -m venv $(VENV)
	@echo "Step 2 of 3: PyTorch for the CPU"
	@sed -n '/^torch==/,/[^\\]$$/p' requirements.lock >$(VENV)/torch.lock
	@sed 's/^torch==[0-9.]*/&+cpu/' $(VENV)/torch.lock | $(TORCH) --requirement /dev/stdin $(TORCH_INDEX) 2>/dev/null || \
		$(TORCH) --requirement $(VENV)/torch.lock
	@cd $(VENV)/lib/python3*/site-packages/torch && rm -rf test include bin/test* bin/*Test bin/protoc*
	@echo "Step 3 of 3: this program and the other packages"
	@$(PIP) --require-hashes --no-deps --requirement requirements.lock
	@$(PIP) --no-build-isolation --constraint constraints.txt $(PACKAGE)
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(PIP) --quiet --require-hashes --no-deps --requirement requirements-dev.lock
	$(PIP) --quiet --no-build-isolation --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null || true  # tests start hundreds of programs
	touch $@

playground: install
	$(BIN)/etf-bot playground

init: install
	$(BIN)/etf-bot init

run: install
	$(BIN)/etf-bot run

test: lint system
	$(BIN)/pytest -n 2 --dist worksteal

# What takes under half a second each: no training, no browser, no database server, hardly a program started.
test-fast: install-dev
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not network"

# 200 seeds of 12 simulated weeks, and 100 kills each of fetch, retrain, post, migrate and backup. See docs/reliability.md.
.PHONY: test-faults test-kills
SEEDS ?= 200
KILLS ?= 100
test-faults: install-dev
	$(BIN)/python -m tests.support.faults seeds --count $(SEEDS)

test-kills: install-dev
	$(BIN)/python -m tests.support.faults kills --count $(KILLS)

# The tests drive the page in a real browser and the store in a real PostgreSQL. Root on Debian gets them here;
# elsewhere the tests that lack theirs are skipped and say so.
system:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		command -v chromium >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium postgresql >/dev/null; }; \
	fi

# Tests of the bot under the oldest and the newest Python of this machine, beside that of .venv: a minute or two.
test-pythons: install-dev
	$(BIN)/python -m tests.pythons

# README's commands and the Dockerfile's steps in a fresh Debian 12, as an ordinary user: root only, some ten minutes.
test-chroot: install-dev
	$(BIN)/python -m tests.chroot

# The forecasts against their baselines on a folder of real prices, by the judge that lies beside it: some 5 minutes.
# Prints the tables of benchmarks/README.md and draws the pictures of docs/model.md.
SHARED ?= ../shared
benchmark: install-dev
	$(BIN)/python benchmarks/accuracy.py --prices $(SHARED)/prices --vix $(SHARED)/vix/vix-daily.csv \
		--judge $(SHARED)/benchmark/score.py --pictures docs/images
	$(BIN)/python -m benchmarks.steadiness --prices $(SHARED)/prices --vix $(SHARED)/vix/vix-daily.csv

# The same forecasts beside those of other libraries, which live in an environment of their own: some 20 minutes.
peers: install-dev .venv-peers/installed
	$(BIN)/python -m benchmarks.peers --prices $(SHARED)/prices --judge $(SHARED)/benchmark/score.py \
		--vix $(SHARED)/vix/vix-daily.csv --python .venv-peers/bin/python

.venv-peers/installed: benchmarks/peers/requirements.txt benchmarks/peers/constraints.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --no-deps --retries 0 torch==2.13.0 $(TORCH_INDEX)
	.venv-peers/bin/pip install --quiet --constraint benchmarks/peers/constraints.txt \
		--requirement benchmarks/peers/requirements.txt
	touch $@

# The playground's page in a real browser. `make test` runs these too.
test-page: install-dev system
	$(BIN)/pytest tests/bot/playground

lint: install-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/lint-imports

format: install-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# After a change of pyproject.toml or constraints.txt: the lock files, for every system and Python that are promised.
lock: .venv-audit/installed
	.ci/lock .venv-audit/bin/uv

# Risky calls in the code, and known vulnerabilities of the packages where the service that lists them can be reached.
audit: .venv-audit/installed
	.venv-audit/bin/bandit --quiet --recursive --configfile pyproject.toml bot forecasting standin
	.ci/known-vulnerabilities

# dist/sbom.cdx.json has every installed package (CycloneDX), dist/licences.md their licences.
sbom: install .venv-audit/installed
	mkdir -p dist
	.venv-audit/bin/cyclonedx-py environment --pyproject pyproject.toml --output-file dist/sbom.cdx.json $(BIN)/python
	.venv-audit/bin/pip-licenses --python $(BIN)/python --with-urls --format markdown --output-file dist/licences.md

.venv-audit/installed: .ci/audit-requirements.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --requirement .ci/audit-requirements.txt
	touch $@

# The pictures of docs/commands.md, from the real bot in a real browser.
pictures: install-dev system
	$(BIN)/python -m docs.pictures

# The charts and embeds that tests compare with: look at them before committing.
approve: install-dev
	$(BIN)/python -m tests.support.approved_pictures
