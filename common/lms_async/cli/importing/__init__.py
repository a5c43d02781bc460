"""Run an import: check the file, send the rows, record what happened to each.

Start reading at :func:`.run.run_import`, which takes an :class:`~.request.ImportRequest` and
returns a :class:`~lms_async.cli.reporting.summary.Summary`.
"""
