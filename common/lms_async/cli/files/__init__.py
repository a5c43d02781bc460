"""Read the input file of an import.

:mod:`~.source` opens a file or a stream, :mod:`~.table` reads it as CSV, :mod:`~.columns` matches
its columns with the target's fields, and :mod:`~.rows` checks every row before one is sent. Start
reading at :meth:`.table.Table.open`.
"""
