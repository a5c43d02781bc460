"""What lms-async costs: ``python -m benchmarks [people|memory|limit]``, see docs/benchmarks.md."""
