"""The roster of a school: read it, compare it with a vendor's, and plan the changes.

Start with ``entries.py``, the form in which a school's records and a vendor's are compared.
``difference.py`` compares them, ``guard.py`` says whether a plan is safe, and ``plan_file.py``
keeps it. A vendor package implements ``Target``, in ``target.py``. This package names no vendor.
"""
