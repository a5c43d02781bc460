"""Many rows over an endpoint that takes a few at a time: one outcome a row.

Start with ``bulk.py`` (the whole input) and ``delivery.py`` (one chunk, and what decides how its
rows end). Vendor packages describe an endpoint by the ``BulkEndpoint`` of ``chunks.py``.
"""
