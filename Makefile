# Everything runs in .venv, which is created here. Only Python >= 3.11 is needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo service test test-all lint bench bench-full chaos mutants clean

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: .venv/ready
	$(BIN)/lms demo --to schoology

# Run examples/service with two sandboxes, until Ctrl-C. It needs PostgreSQL and Redis. PORT is 8080.
service: .venv/ready
	PYTHONPATH=examples:. $(BIN)/python -m service.demo

test: .venv/ready
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

# Run the tests with every Python from 3.11 to 3.14 that is installed, each in its own environment.
test-all:
	@found=; for version in 3.11 3.12 3.13 3.14; do \
	  python$$version --version > /dev/null 2>&1 || continue; \
	  found="$$found $$version"; echo "Python $$version"; \
	  python$$version -m venv .venvs/$$version \
	    && .venvs/$$version/bin/python -m pip install --quiet --disable-pip-version-check \
	      -c constraints.txt -e '.[dev]' \
	    && .venvs/$$version/bin/python -m pytest -q --numprocesses auto --dist worksteal || exit 1; \
	done; test -n "$$found" || { echo "No Python from 3.11 to 3.14 was found."; exit 1; }; \
	echo "Tested with:$$found"

lint: .venv/bench
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The libraries that the benchmarks compare with. mypy needs them too.
.venv/bench: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@

bench: .venv/bench
	$(BIN)/python -m benchmarks

bench-full: .venv/bench
	$(BIN)/python -m benchmarks --full

# Kill an import 500 times at different moments and run it again; and kill 40 imports and 5 times the
# PostgreSQL server that has their journal. Kill workers of Celery and taskiq, and restart their broker
# and database. Then run bulks with journals against a vendor that fails at random, and keep rosters
# equal, ten times as often as `make test` does, and kill a worker and the database of
# examples/service (about fifteen minutes).
chaos: .venv/ready
	$(BIN)/python -m tests.journal.killing --kills 500 --rows 40000
	$(BIN)/python -m tests.journal.killing --kills 40 --server-kills 5
	$(BIN)/python -m tests.docs.killing_workers
	$(BIN)/python -m pytest --numprocesses auto --timeout 900 --hypothesis-profile chaos tests/journal/test_machine.py \
		tests/journal/stores/test_same_rules.py tests/jobs/test_property.py tests/roster/test_roster_property.py tests/schoology/roster/test_property.py tests/managebac/roster/test_property.py tests/examples/test_acme_roster.py \
		tests/examples/service/test_browser.py tests/examples/service/test_outage.py

# Only `make mutants` needs mutmut.
.venv/mutants: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[mutants]'
	@touch $@

# Change the code that decides a row's status in one place at a time, and list the changes that no
# test notices. See tests/mutants.py. ONLY='lms_async.bulk.delivery.*' runs a part of it.
mutants: .venv/mutants
	$(BIN)/python -m tests.mutants $(ONLY)

clean:
	rm -rf .mutants .venv .venvs dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
