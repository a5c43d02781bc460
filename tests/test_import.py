"""Importing a client loads no models and no resources. They are loaded when first used."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from functools import cached_property
from types import ModuleType
from typing import Any, get_type_hints

import pytest

import lms_async
import manabac_async
import schoology_async
from lms_async.resource import Resource
from manabac_async import ManageBac
from schoology_async import Schoology

PACKAGES = (lms_async, manabac_async, schoology_async)

CODE = """
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import manabac_async, schoology_async

ours = [name for name in sys.modules if name.split(".")[0].endswith("_async")]
print(*(name for name in ours if "resources." in name or "bulk" in name or "journal" in name))
print(*(name for name in ours if "models." in name))
print(len(ours))

print(pickle.loads({course!r}).id)
print("schoology_async.models.course" in sys.modules, "schoology_async.models.user" in sys.modules)

barrier = Barrier(8)

def first_use(number):
    barrier.wait()
    client = schoology_async.Schoology("key", "secret")
    return type(client.users), schoology_async.User

with ThreadPoolExecutor(8) as threads:
    print(len(set(threads.map(first_use, range(8)))))
"""


def test_a_new_process_loads_models_and_resources_when_they_are_first_used() -> None:
    code = CODE.format(course=pickle.dumps(schoology_async.Course(id="1")))
    printed = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    ).stdout
    resources, models, count, unpickled, courses_and_users, classes = printed.splitlines()
    assert resources == ""
    assert set(models.split()) == {
        "manabac_async.models.fields",
        "manabac_async.models.converter",
        "schoology_async.models.bare",
        "schoology_async.models.converter",
    }
    assert int(count) <= 80
    assert unpickled == "1"
    assert courses_and_users == "True False"
    assert classes == "1"


@pytest.mark.parametrize("package", [*PACKAGES, manabac_async.models, schoology_async.models])
def test_a_package_has_all_names_that_it_lists(package: ModuleType) -> None:
    names: dict[str, Any] = {}
    exec(f"from {package.__name__} import *", names)  # noqa: S102 - our own names
    assert names.keys() - {"__builtins__"} == set(package.__all__)
    assert set(package.__all__) <= set(dir(package))
    for name in package.__all__:
        assert getattr(package, name) is names[name]


@pytest.mark.parametrize("package", [manabac_async.resources, schoology_async.resources])
def test_a_package_of_resources_has_all_names_that_it_lists(package: ModuleType) -> None:
    for name in package.__all__:
        assert issubclass(getattr(package, name), Resource)


def test_a_misspelt_name_is_an_attribute_error_with_a_suggestion() -> None:
    with pytest.raises(
        AttributeError, match="'schoology_async' has no attribute 'Cours'"
    ) as caught:
        schoology_async.Cours  # noqa: B018
    assert caught.value.obj is schoology_async
    with pytest.raises(ImportError, match="Cours"):
        exec("from schoology_async import Cours")  # noqa: S102 - our own name


@pytest.mark.parametrize("kind", [ManageBac, Schoology])
def test_resources_and_methods_of_a_client_have_type_hints(kind: type[Any]) -> None:
    found = {name: part for name, part in vars(kind).items() if isinstance(part, cached_property)}
    assert len(found) >= 9
    for part in found.values():
        assert issubclass(get_type_hints(part.func)["return"], Resource)
        assert part.__doc__
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_") and method.__module__ == kind.__module__:
            get_type_hints(method)


async def test_a_resource_stays_the_same_object_and_a_view_has_its_own() -> None:
    async with Schoology("key", "secret") as schoology:
        assert schoology.users is schoology.users
        view = schoology.with_options(run_as="5", multiget=True)
        assert view.users is not schoology.users
        assert view.users._transport is view._transport
