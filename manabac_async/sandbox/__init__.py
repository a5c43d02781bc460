"""A server on this machine that imitates both of ManageBac's APIs and keeps state, for tests.

>>> async with ManageBacSandbox(school=School.seeded(students=3000)) as sandbox:  # doctest: +SKIP
...     client = ManageBac(sandbox.token, base_url=sandbox.base_url)
...     legacy = ManageBacV1("school", sandbox.v1_token, base_url=sandbox.v1_base_url)
"""

from .operations import PERMISSIONS
from .records import Class, Group, Membership, Person, Rejected, YearGroup
from .roster import RELATIONSHIPS, Term
from .school import School
from .server import VERSIONS, ManageBacSandbox

__all__ = [
    "PERMISSIONS",
    "RELATIONSHIPS",
    "VERSIONS",
    "Class",
    "Group",
    "ManageBacSandbox",
    "Membership",
    "Person",
    "Rejected",
    "School",
    "Term",
    "YearGroup",
]
