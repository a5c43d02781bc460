"""Records: convert a vendor's JSON to models, and check and encode what is sent to a vendor.

Start with ``scalars.py``, the types of values, ``scalar_rules.py``, a rule for each of them, and
``converter.py``, which applies the rules. Other packages use the annotations of ``scalars.py``,
``Record``, ``make_converter`` and ``Sending``.
"""
