"""Load a module of a package when one of its names is first used, see PEP 562.

A package lists its names twice: as imports for type checkers, editors and packaging tools, and as
the argument of :func:`load_on_use`, which is all that runs::

    if TYPE_CHECKING:
        from .course import Course, CourseCreate
    else:
        __getattr__, __dir__ = load_on_use(__name__, {"course": ["Course", "CourseCreate"]})

Type checkers do not see ``__getattr__``, because they would accept any misspelled name with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def load_on_use(
    package: str, modules: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the functions ``__getattr__`` and ``__dir__`` of a package.

    :param package: the package's ``__name__``.
    :param modules: the names to load, by the module that has them, e.g. ``bulk.guard``.
    """
    module_of = {name: module for module, names in modules.items() for name in names}
    this = sys.modules[package]

    def load(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}", name=name, obj=this
            )
        value = getattr(import_module(f"{package}.{module_of[name]}"), name)
        setattr(this, name, value)  # so that Python finds the name itself from now on
        return value

    def names() -> list[str]:
        return sorted({*vars(this), *module_of})

    return load, names
