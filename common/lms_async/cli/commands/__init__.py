"""One module for each command of ``lms``: its options, its help text, and what it runs.

:mod:`lms_async.cli.app` puts them together. Options that several commands have are in
:mod:`~.options`.
"""
