"""Benchmarks of lms-async: ``python -m benchmarks``, see docs/benchmarks.md."""
