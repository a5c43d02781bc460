"""One request, from a ``Call`` to a checked payload: sending, retries, responses and pages.

Start with ``call.py`` (a request as a value) and ``transport.py`` (how it is sent). Others use
``Call``, ``ClientOptions``, ``Pages``, ``Response``, ``RetryPolicy``, ``Transport`` and ``Vendor``.
"""
