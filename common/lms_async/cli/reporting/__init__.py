"""Report how an import goes: on the screen, as JSON, and in the results file.

:mod:`~.reporters` prints while an import runs, :mod:`~.summary` describes how it ended, and
:mod:`~.results` writes one line per row. To change the columns of the results file, start at
:data:`.results.COLUMNS`.
"""
