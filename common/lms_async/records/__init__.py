"""Records: how values are read from what a vendor prints, and checked and written for it.

Start with ``scalars.py``, the rules of each kind of value, and ``converter.py``, which applies
them. Others use the annotations of ``scalars.py``, ``Record``, ``make_converter`` and ``Sending``.
"""
