"""The ``…Dict`` types have exactly the fields of their models, so that none can drift."""

from __future__ import annotations

from types import UnionType
from typing import Any, Required, Union, get_args, get_origin, get_type_hints

import attrs
import pytest

import manabac_async
import manabac_async.v1
import schoology_async
from lms_async import Unset
from lms_async.records.converter import Record

DICTS = {
    f"{module.__name__}.{name}": (getattr(module, name), getattr(module, name.removesuffix("Dict")))
    for module in (schoology_async, manabac_async, manabac_async.v1)
    for name in module.__all__
    if name.endswith("Dict")
}


def key_type(field: Any, hint: Any) -> Any:
    """The type of the key for a model's field: without Unset, and needed if it has no default."""
    if get_origin(hint) in (Union, UnionType):
        hint = Union[tuple(one for one in get_args(hint) if one is not Unset)]  # noqa: UP007
    return Required[hint] if field.default is attrs.NOTHING else hint


@pytest.mark.parametrize(("written", "model"), DICTS.values(), ids=DICTS)
def test_a_dict_has_the_fields_of_its_model(written: Any, model: Any) -> None:
    hints = get_type_hints(model, include_extras=True)
    assert get_type_hints(written, include_extras=True) == {
        field.name: key_type(field, hints[field.name]) for field in attrs.fields(model)
    }


def test_every_write_model_has_its_dict() -> None:
    for module in (schoology_async, manabac_async, manabac_async.v1):
        for name in module.__all__:
            model = getattr(module, name)
            if not (isinstance(model, type) and issubclass(model, Record)):
                continue
            if not any(f.name == "extra" for f in attrs.fields(model)):
                assert f"{name}Dict" in module.__all__
