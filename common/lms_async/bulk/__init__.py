"""Many rows over an endpoint that takes a few at a time: one outcome a row.

Start with ``bulk.py`` (the whole input) and ``delivery.py`` (one chunk). ``status.py`` decides
each row's status. Vendor packages describe an endpoint by a ``BulkEndpoint`` (``endpoint.py``).
"""
