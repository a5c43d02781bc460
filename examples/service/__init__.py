"""A web service in which several schools import people into Schoology: upload, check, start, watch.

Start reading at ``web.py``, which puts the web application together, and ``worker.py``, which runs
imports in a process of its own. ``database.py`` has the tables that both use. ``docs/service.md``
explains how to put the pages into your own application.
"""
