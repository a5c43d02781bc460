"""Records: convert a vendor's JSON to models, and check and encode what is sent to a vendor.

Start with ``scalars.py``, the rules for each type of value, and ``converter.py``, which applies
them. Other packages use the annotations of ``scalars.py``, ``Record``, ``make_converter`` and
``Sending``.
"""
