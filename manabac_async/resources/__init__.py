"""One class a resource; each method is a signature, its documentation, and one call."""

from .classes import Classes
from .memberships import Memberships
from .students import Students

__all__ = ["Classes", "Memberships", "Students"]
