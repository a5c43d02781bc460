# Everything happens in .venv, made here from nothing but Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint bench bench-full chaos mutants clean

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

# mutmut is not needed for anything else.
.venv/mutants: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[mutants]'
	@touch $@

# The code that decides what became of a row, changed in one place at a time: which changes does no
# test notice? (See tests/mutants.py. ONLY='lms_async.delivery.*' runs a part of it again.)
mutants: .venv/mutants
	$(BIN)/python -m tests.mutants $(ONLY)

clean:
	rm -rf .mutants .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
