"""``managebac.academic_years`` and ``managebac.terms``. Vendor page: Academics."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping

from lms_async.errors import InvalidInput
from lms_async.http.call import Call, about, get
from lms_async.http.urls import Path, build_path, query_params
from lms_async.resource import changes_of

from ..models import AcademicTerm, AcademicYear, Calendar
from ..models.fields import ByProgram
from .base import ManageBacResource
from .filters import flag
from .sending.terms import NewTerm, TermChange, new_term, term_change

_YEARS = "school/programs/{program_code}/academic-years"


class AcademicYears(ManageBacResource):
    """Academic years of the programs. ``program_code`` is e.g. ``myp``, see ``school.get``."""

    async def list(
        self, *, program_code: str | None = None, active: bool | None = None
    ) -> dict[str, builtins.list[AcademicYear]]:
        """Return the academic years with their terms, by the code of their program. Vendor page:
        "Get Academic Years".

        :param program_code: only years of this program.
        :param active: list only active years, or only inactive ones. By default both.
        """
        call: Call[dict[str, builtins.list[AcademicYear]]] = get(
            build_path("school/academic-years"),
            returns=ByProgram[AcademicYear],
            envelope_key="academic_years",
            query=query_params(program_code=program_code, active=flag("active", active)),
        )
        return await self._transport.send(call)

    async def get(self, program_code: str, academic_year_id: str | int) -> AcademicYear:
        """Get one academic year with its terms.

        :raises NotFound: there is no such year in this program.
        """
        return await self._get(
            _year(program_code, academic_year_id),
            AcademicYear,
            envelope_key="academic_year",
            about=about("id", academic_year_id),
        )

    async def create(self, program_code: str, terms: Iterable[NewTerm]) -> AcademicYear:
        """Create an academic year with its terms. ManageBac derives its name and dates from them.
        There is no call to change or delete a year; :class:`Terms` changes its terms.

        :param terms: at least one; each needs ``name``, ``starts_on`` and ``ends_on``.
        :returns: the year as created, with its ``id`` and those of its terms.
        :raises InvalidInput: there is no term, or a term is not valid; nothing was sent.
        :raises BadRequest: ManageBac rejected the request.
        :raises OutcomeUnknown: the response was lost. List the years before you try again.
        """
        if isinstance(terms, str | bytes | Mapping) or not isinstance(terms, Iterable):
            raise InvalidInput("terms must be a list")
        rows = [new_term(term) for term in terms]
        if not rows:
            raise InvalidInput("an academic year needs at least one term")
        return await self._send(
            "POST",
            build_path(_YEARS, program_code=program_code),
            {"academic_year": {"terms_attributes": rows}},
            returns=AcademicYear,
            envelope_key="academic_year",
        )

    async def calendar(self, program_code: str, academic_year_id: str | int) -> Calendar:
        """Get the calendar of an academic year.

        :raises NotFound: there is no such year in this program.
        """
        path = _year(program_code, academic_year_id, "/calendar")
        return await self._get(path, Calendar, envelope_key="calendar")


class Terms(ManageBacResource):
    """Terms of academic years. To list them, use ``academic_years``; ``classes.terms`` lists those
    of one class."""

    async def create(
        self, program_code: str, academic_year_id: str | int, term: NewTerm
    ) -> AcademicTerm:
        """Add a term to an academic year.

        :param term: ``name``, ``starts_on`` and ``ends_on`` are required.
        :returns: the term as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid; nothing was sent.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        :raises OutcomeUnknown: the response was lost. Get the year before you try again.
        """
        return await self._send(
            "POST",
            _year(program_code, academic_year_id, "/academic-terms"),
            {"academic_term": new_term(term)},
            returns=AcademicTerm,
            envelope_key="academic_term",
        )

    async def update(
        self,
        program_code: str,
        academic_year_id: str | int,
        term_id: str | int,
        changes: TermChange,
    ) -> AcademicTerm:
        """Update one term.

        :param changes: only the fields to change.
        :returns: the term as changed.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such term.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        """
        return await self._send(
            "PATCH",
            _term(program_code, academic_year_id, term_id),
            {"academic_term": changes_of(term_change, changes, id_=term_id)},
            returns=AcademicTerm,
            envelope_key="academic_term",
            repeatable=True,
        )

    async def delete(
        self, program_code: str, academic_year_id: str | int, term_id: str | int
    ) -> AcademicTerm:
        """Delete one term.

        :returns: the term as it was.
        :raises NotFound: there is no such term.
        :raises BadRequest: the term can't be deleted.
        :raises OutcomeUnknown: the response was lost. A deletion is never sent again automatically.
        """
        return await self._send(
            "DELETE",
            _term(program_code, academic_year_id, term_id),
            returns=AcademicTerm,
            envelope_key="academic_term",
        )


def _year(program_code: str, academic_year_id: str | int, rest: str = "") -> Path:
    template = _YEARS + "/{academic_year_id}" + rest
    return build_path(template, program_code=program_code, academic_year_id=academic_year_id)


def _term(program_code: str, academic_year_id: str | int, term_id: str | int) -> Path:
    return build_path(
        _YEARS + "/{academic_year_id}/academic-terms/{term_id}",
        program_code=program_code,
        academic_year_id=academic_year_id,
        term_id=term_id,
    )
