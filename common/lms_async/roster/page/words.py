"""The words that the page shows for kinds, actions, reasons and fields."""

from __future__ import annotations

from collections.abc import Mapping

from ..changes import Action

#: Kinds, actions and fields whose own names would not be understood. All others keep their names.
_KINDS: Mapping[str, str] = {"orgs": "schools"}
_ACTIONS: Mapping[Action, str] = {
    Action.LINK: "add",
    Action.UNLINK: "remove",
    Action.RETURN: "bring back",
}
_FIELDS: Mapping[str, str] = {
    "primary": "main teacher",
    "begins": "first day",
    "starts": "first day",
    "ends": "last day",
    "sms": "mobile phone",
}


def of_kind(kind: str) -> str:
    """Return the word for a kind, in the plural."""
    return _KINDS.get(kind, kind)


def of_action(action: Action) -> str:
    """Return the word for an action."""
    return _ACTIONS.get(action, action.value)


def of_field(name: str) -> str:
    """Return the word for a field."""
    return _FIELDS.get(name, name.replace("_", " "))
