"""ManageBac's two targets of the ``lms`` command (extra ``cli``).

``managebac`` adds students to classes through v2. ``managebac-v1`` creates users through the legacy
API, because v2 cannot. Start reading at :mod:`~.members`.
"""

from .members import MembersTarget
from .users_v1 import UsersV1Target

__all__ = ["MembersTarget", "UsersV1Target", "target", "target_v1"]

target = MembersTarget()
target_v1 = UsersV1Target()
