# Everything happens in .venv, made here from nothing but Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint bench bench-full chaos clean

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: .venv/ready
	$(BIN)/lms demo --to schoology

test: .venv/ready
	$(BIN)/python -m pytest

lint: .venv/bench
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The libraries that the benchmarks compare with; mypy looks at them too.
.venv/bench: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@

bench: .venv/bench
	$(BIN)/python -m benchmarks

bench-full: .venv/bench
	$(BIN)/python -m benchmarks --full

# An import killed 500 times, each time at another moment, and run again (two minutes).
chaos: .venv/ready
	$(BIN)/python -m tests.faults.killing --kills 500 --rows 40000

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
