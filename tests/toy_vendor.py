"""A third vendor, whole: the least that a vendor package is. Judged by test_toy_vendor.py."""

from contextlib import nullcontext
from types import SimpleNamespace

import attrs

from lms_async import Bulk, Call, Pages, Status, Window
from lms_async.bulk.endpoint import BulkEndpoint
from lms_async.bulk.rows import json_of, one_by_one
from lms_async.cli.target import Variable
from lms_async.client import Client
from lms_async.http.transport import Transport
from lms_async.http.vendor import Page, Vendor, checked_base_url
from lms_async.http.wire import Wire
from lms_async.outcome import RowResult
from lms_async.records.converter import Record, make_converter
from lms_async.records.encoding import Sending
from lms_async.records.scalars import NeededId


@attrs.define(repr=False)
class Pupil(Record):
    number: NeededId


class ToyVendor(Vendor):
    name, scope, converter = "Toy", "toy", make_converter()

    def __init__(self, token, base_url):
        self._token, self.base_url = token, checked_base_url(base_url)

    def default_limiter(self):
        return Window(20, per=0.1)

    def auth_headers(self, method, url):
        return nullcontext({"X-Token": self._token})

    def page(self, call, payload):
        following = attrs.evolve(call, query=(("from", str(payload["next"])),))
        return Page(payload["pupils"], following if payload["next"] else None)


class Toy(Client):
    def __init__(self, token, base_url, **options):
        self._bind(Transport(ToyVendor(token, base_url), Wire(), **options))

    def list(self):
        call = Call("GET", "pupils", returns=list[Pupil], envelope_key="pupils", repeatable=True)
        return Pages(self._transport, call, Pupil)

    def create_many(self, rows, journal=None):
        def parse(payload, rows):
            return [RowResult(Status.DONE, known) for known in payload["done"]]

        def call(rows):
            return Call("POST", "pupils", body=json_of(rows), envelope_key="done", is_bulk=True)

        endpoint = BulkEndpoint(prepare=prepare, call=call, parse_results=parse, operation="create")
        return Bulk(self._transport, rows, endpoint, journal=journal)


@one_by_one
def prepare(row):
    return str((body := check(row))["number"]), body


check = Sending(ToyVendor.converter, Pupil, what="the pupil")
target = SimpleNamespace(
    name="toy",
    vendor="Toy",
    fields={"number": "the pupil's number"},
    required=[["number"]],
    key=["number"],
    variables={"TOY_TOKEN": Variable("token"), "TOY_URL": Variable("base URL")},
    can_update=False,
    limit=(20, 0.1),
    connect=lambda env, **options: Toy(env["TOY_TOKEN"], env["TOY_URL"], **options),
    verify=lambda client: client.request("GET", "pupils"),
    check_row=check,
    bulk=lambda client, rows, journal, **_: client.create_many(rows, journal),
)
