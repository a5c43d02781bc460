"""A plan as a page for a browser: one HTML file that needs nothing else.

Start in ``writing.py``. ``page.html``, ``page.css`` and the scripts are copied into the file. Data
is in the file only as JSON (``data.py``), and the scripts show it only as text, so no name can
become HTML.
"""

from .writing import write_page

__all__ = ["write_page"]
