"""``python -m lms_async.cli``, the same as ``lms``."""

from lms_command import run

run()
