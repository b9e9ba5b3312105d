# Every target but install makes .venv through install when it is missing or out of date.
PYTHON ?= python3
BIN := .venv/bin
# torch's own index of CPU builds: without it pip takes the CUDA build on Linux, 3 GB of it.
TORCH_INDEX := --extra-index-url https://download.pytorch.org/whl/cpu

.PHONY: install playground run test lint format benchmark

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-deps --retries 0 torch==2.13.0 $(TORCH_INDEX)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

playground: install
	$(BIN)/etf-bot playground

run: install
	$(BIN)/etf-bot run

test: lint
	$(BIN)/pytest -n 2

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
