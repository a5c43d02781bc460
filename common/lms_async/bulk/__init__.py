"""Bulks: send many rows, a few in each request, and report one outcome per row.

Start with ``bulk.py`` (the whole input) and ``delivery.py`` (one chunk). ``status.py`` decides
each row's status. Vendor packages describe an endpoint by a ``BulkEndpoint`` (``endpoint.py``).
"""
