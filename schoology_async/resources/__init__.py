"""The resources of the Schoology client, such as ``schoology.users``."""

from .users import Users

__all__ = ["Users"]
