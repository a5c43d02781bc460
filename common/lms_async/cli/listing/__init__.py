"""``lms list`` and ``lms export``: read records from a vendor as a table, CSV or JSON.

Start reading at :func:`.run.run_list` and :func:`.export.run_export`. :mod:`.commands` has their
options.
"""
