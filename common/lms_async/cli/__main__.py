"""``python -m lms_async.cli``, the same as ``lms``."""

from . import run

run()
