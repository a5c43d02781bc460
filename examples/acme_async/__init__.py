"""The smallest complete vendor package, for an invented vendor. Copy it to start your own.

Read ``models.py``, ``vendor.py``, ``resources.py`` and ``client.py`` in this order, then
``sandbox.py``, ``cli.py`` and ``roster.py``.
"""

from .client import Acme
from .models import Pupil, PupilCreate, PupilCreateDict, PupilUpdate, PupilUpdateDict

__all__ = ["Acme", "Pupil", "PupilCreate", "PupilCreateDict", "PupilUpdate", "PupilUpdateDict"]
