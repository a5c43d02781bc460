"""ManageBac's two targets of the ``lms`` command (extra ``cli``).

``managebac`` uses v2. ``managebac-v1`` creates users through the legacy API. There is one file for
each kind of record. Start reading at :mod:`~.target`, which lists those of v2.
"""

from .target import ManageBacTarget
from .target_v1 import ManageBacV1Target

__all__ = ["ManageBacTarget", "ManageBacV1Target", "target", "target_v1"]

target = ManageBacTarget()
target_v1 = ManageBacV1Target()
