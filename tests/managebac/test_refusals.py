"""Reasons by field from each form of error response."""

from __future__ import annotations

import pickle
from typing import Any

import orjson
import pytest

from lms_async import ApiError, BadRequest, Status
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.refusals import reasons_of
from manabac_async.sandbox import ManageBacSandbox

BODY = {"student": {"email": "ada@school.example", "city": "Lagos", "last_name": "Okafor"}}


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ({"errors": {"email": ["can't be blank"]}}, {"email": ["can't be blank"]}),
        ({"error": {"email": ["can't be blank"]}}, {"email": ["can't be blank"]}),
        (
            {"errors": {"base": ["no"], "child": ["must exist"]}},
            {"base": ["no"], "child": ["must exist"]},
        ),
        ({"errors": {"ada okafor": ["no"], "Lagos": ["no"]}}, {}),
        (
            {"error": "Unpermitted", "allowed_params": ["email", "last_name", {"subject_ids": []}]},
            {"city": "is not allowed"},
        ),
        ({"error": "Unpermitted", "allowed_params": [{"city": []}, "email", "last_name", 3]}, {}),
        ({"error": "Access Denied"}, {}),
        ({"error": "Couldn't find it", "reason": "text"}, {}),
        ({"error": "invalid_client", "error_description": "text"}, {}),
        ({"errors": "text"}, {}),
        ({"errors": ["text"]}, {}),
        ([], {}),
        (None, {}),
    ],
)
def test_reasons_are_read_from_each_form(payload: Any, fields: dict[str, Any]) -> None:
    assert reasons_of(BODY, payload) == fields


def test_forbidden_parameters_are_found_without_an_envelope() -> None:
    allowed = {"error": "x", "allowed_params": ["name"]}
    assert reasons_of({"name": "x", "language": "fr"}, allowed) == {"language": "is not allowed"}
    assert reasons_of({"language": "fr"}, allowed) == {"language": "is not allowed"}
    assert reasons_of(None, allowed) == {}
    rows = [{"id": 1, "name": "x"}, {"id": 2, "language": "fr"}, {"id": 3, "language": "en"}]
    assert reasons_of({"classes": rows}, allowed) == {"language": "is not allowed"}
    ids = {"error": "x", "allowed_params": ["name"]}
    assert reasons_of({"student_ids": [1]}, ids) == {"student_ids": "is not allowed"}


async def test_error_names_fields_but_no_people(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    why = {"email": ["Okafor has already been taken"], "Okafor": ["no"], "city": ["is invalid"]}
    managebac_sandbox.faults.add(Fault.error(422, body=orjson.dumps({"errors": why}).decode()))
    with pytest.raises(BadRequest) as refused:
        await managebac.students.update(1, {"last_name": "Okafor", "city": "x"})
    error = refused.value
    assert error.fields == {"email": "… has already been taken", "city": "is invalid"}
    assert "email: … has already been taken; city: is invalid" in str(error)
    assert "Okafor" not in repr(error) + str(error)
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert isinstance(copied, ApiError)
    assert copied.fields == error.fields


async def test_rejected_row_has_the_field_errors(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    body = orjson.dumps({"errors": {"level": ["is not included in the list"]}}).decode()
    managebac_sandbox.faults.add(Fault.error(422, body=body))
    report = await managebac.classes.update_students(1, [{"id": 2}])
    (outcome,) = report.rejected
    assert outcome.status is Status.REJECTED
    assert outcome.error is not None
    assert set(outcome.error.fields) == {"level"}
