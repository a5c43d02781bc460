"""ManageBac as two targets of the ``lms`` command (extra ``cli``): members of classes over v2, and
new users over the legacy v1, which alone can make them.
"""

from .members import MembersTarget
from .users_v1 import UsersV1Target

__all__ = ["MembersTarget", "UsersV1Target", "target", "target_v1"]

target = MembersTarget()
target_v1 = UsersV1Target()
