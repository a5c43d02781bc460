"""One request, from a ``Call`` to a checked payload: sending, retries, responses and pages.

Start with ``call.py`` (a request as a value) and ``transport.py`` (the way it goes). Others use
``Call``, ``Pages``, ``RetryPolicy``, ``Transport`` and the base class ``Vendor``.
"""
