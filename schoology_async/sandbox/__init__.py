"""A server on this machine that imitates Schoology and keeps state, for tests and demonstrations.

>>> async with SchoologySandbox(school=School.seeded(3000, seed=1)) as sandbox:  # doctest: +SKIP
...     client = Schoology(sandbox.key, sandbox.secret, base_url=sandbox.base_url)
"""

from .accounts import Account, Rejected
from .records import Delete, Inactive, Mail, Reactivation
from .school import School
from .server import SchoologySandbox

__all__ = [
    "Account",
    "Delete",
    "Inactive",
    "Mail",
    "Reactivation",
    "Rejected",
    "School",
    "SchoologySandbox",
]
