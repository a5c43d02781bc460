"""What sources of CSV files share: find and decode the files, and judge their rows.

``bundle.py`` and ``text.py`` find and decode the files, ``table.py`` judges rows, and ``cells.py``
says what cells mean.
"""
