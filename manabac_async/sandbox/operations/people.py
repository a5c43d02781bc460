"""The base of the operations on students, teachers and parents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from lms_async.sandbox import Request, Response

from .. import bodies
from ..records import Kind, Person
from ..roster import Store, Unprocessable
from . import write_people as write
from .base import OK, Operations, Row, body_of, flag, ids, inner

NO_CONTENT = Response(204)
_SEARCHED = ("first_name", "last_name", "middle_name", "nickname", "other_name", "identifier")


class PeopleOperations(Operations):
    """Operations on people of one type."""

    kind: Kind
    what: str
    """The word for one person in bodies."""
    many: str
    """The key of the list."""

    @property
    def people(self) -> Store[Person]:
        """The people of this type."""
        return self.school.people(self.kind)

    def person(self, raw_id: str) -> Person:
        """Return a person, or refuse the request with a 404."""
        return self.found(self.people, self.what.capitalize(), raw_id)

    def viewer(self, *, many: bool) -> Callable[[Person], Row]:
        """Return a function that converts people to JSON, without nulls.

        :param many: whether many people will be converted.
        """
        raise NotImplementedError

    def shown(self, person: Person) -> Row:
        """Return a person as one response shows them."""
        return self.viewer(many=False)(person)

    # -- the operations

    def listed(self, request: Request) -> Response:
        """Return a page of the people that match all filters."""
        query = request.query
        found: Iterable[Person] = self.changed(request, self.people)
        if query.get("archived"):  # without the parameter, archived and active people
            archived = flag(query, "archived")
            found = [each for each in found if each.archived == archived]
        wanted = ids(query, "ids")
        if wanted is not None:
            found = [each for each in found if each.id in wanted]
        if needle := query.get("q", "").lower():
            found = [each for each in found if _matches(each, needle)]
        return self.page(
            request,
            self.many,
            list(self.filtered(request, found)),
            self._row_viewer(request),
            nulls=True,  # the views leave them out
        )

    def filtered(self, request: Request, found: Iterable[Person]) -> Iterable[Person]:
        """Return the people who also match the filters that only this type has."""
        return found

    def _row_viewer(self, request: Request) -> Callable[[Person], Row]:
        view = self.viewer(many=True)
        if not request.query.get("deleted_since"):
            return view
        # The form of a deleted row is not specified. The key `deleted_at` is assumed; another list
        # has it (v2-endpoints.md, 1.4).
        if self.state.quirks.deleted_rows == "bare":
            return lambda person: {"id": person.id, "deleted_at": _moment(person)}
        return lambda person: view(person) | {"deleted_at": _moment(person)}

    def create(self, request: Request) -> Response:
        """Create a person. The response is a 201."""
        values, options = inner(request, self.what), body_of(request).get("options")
        person = write.create(self.school, self.kind, values, self.state.now())
        asked = options.get("send_welcome_email") if isinstance(options, dict) else None
        unasked = self.state.quirks.welcome_unasked and not person.has_password
        mails = unasked if asked is None else asked is True
        if mails:
            self.school.welcome_mails.append(person.id)
        said = {"welcome_email": "enqueued" if mails else "not_enqueued"}
        return bodies.json_response(201, {self.what: self.shown(person), "options": said})

    def show(self, raw_id: str) -> Response:
        """Return one person."""
        return bodies.json_response(200, {self.what: self.shown(self.person(raw_id))})

    def update(self, request: Request, raw_id: str) -> Response:
        """Change the fields that are given."""
        person, links = self.person(raw_id), self.state.version(request) == "v2p0"
        values = inner(request, self.what)
        write.update(
            self.school, person, values, self.state.now(), links=links or self.kind != "parent"
        )
        return bodies.json_response(200, {self.what: self.shown(person)})

    def archive(self, raw_id: str, **dates: str) -> Response:
        """Archive a person."""
        write.archive(self.school, self.person(raw_id), self.state.now(), **dates)
        return OK

    def unarchive(self, raw_id: str) -> Response:
        """Make a person active again."""
        write.unarchive(self.school, self.person(raw_id), self.state.now())
        return OK

    def welcome(self, raw_id: str) -> Response:
        """Send a welcome email. Each request sends one more."""
        self.school.welcome_mails.append(self.person(raw_id).id)
        return NO_CONTENT

    def set_avatar(self, request: Request, raw_id: str) -> Response:
        """Set the picture: by URL as JSON or in a form, or as a file in a form."""
        person = self.person(raw_id)
        avatar = _avatar(request)
        if not avatar:  # the message is assumed
            raise Unprocessable({"base": ["Avatar can't be blank"]})
        person.avatar, person.updated_at = avatar, self.state.now()
        return OK

    def delete_avatar(self, raw_id: str) -> Response:
        """Remove the picture."""
        person = self.person(raw_id)
        person.avatar, person.updated_at = None, self.state.now()
        return OK


def _matches(person: Person, needle: str) -> bool:
    """Search the names, the email address and the school's own id."""
    texts = (person.email, person.student_id, *map(person.fields.get, _SEARCHED))
    return any(needle in str(text).lower() for text in texts if text)


def _moment(person: Person) -> str | None:
    return None if person.deleted_at is None else bodies.moment(person.deleted_at)


def _avatar(request: Request) -> str:
    """Return the URL in the body, or the name of a file."""
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        # It is enough to know which of the two fields is there. The sandbox does not keep pictures.
        text = request.body.decode("utf-8", "replace")
        if 'name="avatar[file]"' in text:
            return text.partition('filename="')[2].partition('"')[0] or "avatar"
        _, found, rest = text.partition('name="avatar[remote_file_url]"')
        return rest.strip().partition("\r\n")[0] if found else ""
    if "x-www-form-urlencoded" in kind:
        return dict(parse_qsl(request.body.decode("utf-8", "replace"))).get(
            "avatar[remote_file_url]", ""
        )
    given: Any = body_of(request).get("avatar")
    return str(given.get("remote_file_url") or "") if isinstance(given, dict) else ""
