"""``lms plan``, ``lms apply`` and ``lms verify``: keep a roster at a vendor up to date.

Start with :mod:`~.making` for a plan, and with :mod:`~.applying` for making its changes.
"""
