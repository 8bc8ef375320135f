# Two commands do all the set-up: `make compare` and `make test`. On Windows without make: see README, "Without make".

PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(BIN)/python -m
unexport PYTHONDONTWRITEBYTECODE  # each process that a test starts would compile all modules anew

.PHONY: compare test lint bench verify docs clean

compare: $(VENV)/core  ## As-Is against To-Be on the embedded default: a table here, a report in results/
	$(RUN) twin warm
	$(RUN) twin compare 187-as-is 187-to-be

test: $(VENV)/dev  ## all tests
	$(RUN) twin warm
	$(RUN) pytest -n 2 --dist worksteal

lint: $(VENV)/dev  ## format, lint and types
	$(RUN) ruff check .
	$(RUN) mypy

bench: $(VENV)/dev  ## our engine beside SimPy and Ciw
	$(RUN) twin bench --peers

verify: $(VENV)/core  ## published cases and theory
	$(RUN) twin verify

docs: $(VENV)/dev  ## the documentation, in site/
	$(RUN) mkdocs build --strict

$(VENV)/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'error: python is %d.%d, must be 3.11 or newer (make PYTHON=python3.11 ...)' % sys.version_info[:2])"
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/core: $(VENV)/python pyproject.toml constraints.txt
	$(RUN) pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[ui]"
	touch $@

$(VENV)/dev: $(VENV)/python pyproject.toml constraints.txt
	$(RUN) pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@ $(VENV)/core

clean:
	rm -rf $(VENV) build *.egg-info
