"""The files of OneRoster 1.1 and 1.2, their columns, and how real exports misspell them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import attrs

from ..tables.layout import normalized


@attrs.frozen
class FileFormat:
    """A file of a bundle.

    :param name: its name without ``.csv``, as the standard writes it.
    :param key: the column that identifies a row. A file without it is refused.
    :param columns: the columns that are read.
    :param ignored: other columns of the standard.
    :param spellings: other names of the columns that are read, normalized.
    :param optional: columns that only one version of the standard has. Their absence means nothing.
    :param shown: columns with ids of orgs, terms and courses, which messages may have.
    :param needs: columns besides the key without which no row can be read.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    spellings: Mapping[str, str] = attrs.field(factory=dict)
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file name."""
        return f"{self.name}.csv"


def _format(
    name: str,
    columns: str,
    *,
    key: str = "sourcedId",
    needs: str = "",
    ignored: str = "",
    optional: str = "",
    shown: str = "",
    **spellings: str,
) -> FileFormat:
    return FileFormat(
        name,
        key,
        tuple(f"sourcedId status dateLastModified {columns}".split()),
        tuple(ignored.split()),
        spellings,
        tuple(needs.split()),
        tuple(optional.split()),
        tuple(shown.split()),
    )


ORGS = _format("orgs", "name type identifier parentSourcedId")
TERMS = _format("academicSessions", "title type startDate endDate parentSourcedId schoolYear")
COURSES = _format(
    "courses",
    "schoolYearSourcedId title courseCode grades orgSourcedId subjects",
    ignored="subjectCodes",
    shown="schoolYearSourcedId orgSourcedId",
    grade="grades",
    schoolyearid="schoolYearSourcedId",
)
CLASSES = _format(
    "classes",
    "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds"
    " subjects periods",
    needs="courseSourcedId",
    ignored="subjectCodes",
    shown="courseSourcedId schoolSourcedId termSourcedIds",
    grade="grades",
    termsourcedid="termSourcedIds",
)
USERS = _format(
    "users",
    "enabledUser orgSourcedIds role username givenName familyName middleName identifier email sms"
    " phone agentSourcedIds grades preferredGivenName primaryOrgSourcedId",
    optional="orgSourcedIds role preferredGivenName primaryOrgSourcedId",
    ignored="userIds password userMasterIdentifier preferredMiddleName preferredLastName"
    " preferredFamilyName pronouns resourceSourcedIds",
    grade="grades",
    agents="agentSourcedIds",
    agentsourceids="agentSourcedIds",
    agentsourcedid="agentSourcedIds",
    orgsourcedid="orgSourcedIds",
    prefferedgivenname="preferredGivenName",
    preferedgivenname="preferredGivenName",
    prefferedfirstname="preferredGivenName",
    preferredfirstname="preferredGivenName",
)
ROLES = _format(
    "roles",
    "userSourcedId roleType role beginDate endDate orgSourcedId",
    key="userSourcedId",
    needs="role",
    ignored="userProfileSourcedId",
    optional="sourcedId beginDate endDate",
)
DEMOGRAPHICS = _format(
    "demographics",
    "birthDate sex",
    ignored="americanIndianOrAlaskaNative asian blackOrAfricanAmerican"
    " nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces"
    " hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth"
    " publicSchoolResidenceStatus",
    usersourcedid="sourcedId",
    gender="sex",
    birthdate="birthDate",
)
ENROLLMENTS = _format(
    "enrollments",
    "classSourcedId userSourcedId role primary beginDate endDate",
    key="userSourcedId",
    needs="classSourcedId role",
    ignored="schoolSourcedId",
    optional="sourcedId",
)

#: Files of the standard that hold nothing about a roster.
NOT_READ = frozenset(
    "manifest userprofiles resources classresources courseresources userresources lineitems"
    " lineitemlearningobjectiveids lineitemscorescales categories results"
    " resultlearningobjectiveids resultscorescales scorescales".split()
)
FORMATS = (ORGS, TERMS, USERS, ROLES, DEMOGRAPHICS, COURSES, CLASSES, ENROLLMENTS)

_COMMON_SPELLINGS = {
    "datelastmodified": "dateLastModified",
    "datemodified": "dateLastModified",
    "datalastmodified": "dateLastModified",
    "lastmodified": "dateLastModified",
    "sourceid": "sourcedId",
}
_METADATA = re.compile(r"m[ae]tadata\.")


@attrs.frozen
class Header:
    """Where the columns of a file are.

    :param positions: for each column of the format its position, ``None`` if it is missing.
    :param missing: the columns of the format that are missing.
    :param unknown: positions of the columns that are not of the standard.
    :param repeated: the columns that are there more than once.
    """

    positions: Mapping[str, int | None]
    missing: tuple[str, ...]
    unknown: tuple[int, ...]
    repeated: tuple[str, ...]


def find_columns(cells: Sequence[str], form: FileFormat) -> Header:
    """Find the columns of ``form`` in a header row."""
    names = {normalized(column): column for column in (*form.columns, *form.ignored)}
    spellings = {**_COMMON_SPELLINGS, **form.spellings, **names}
    found: dict[str, int] = {}
    unknown, repeated = [], []
    for position, cell in enumerate(cells):
        name = normalized(cell)
        column = spellings.get(name)
        if column in found:
            repeated.append(column)
        elif column is not None:
            found[column] = position
        elif name and not _METADATA.match(name):
            unknown.append(position)
    return Header(
        {column: found.get(column) for column in form.columns},
        tuple(column for column in form.columns if column not in found),
        tuple(unknown),
        tuple(repeated),
    )
