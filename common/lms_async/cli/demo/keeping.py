"""Keep a district up to date in a sandbox: plan, apply and verify, as schools do each night."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import chdir
from datetime import date
from pathlib import Path

import attrs

from ..exit_codes import CommandError, Exit
from ..planning.applying import ApplyRequest, run_apply
from ..planning.connecting import Account
from ..planning.making import PlanRequest, run_plan
from ..planning.verifying import run_verify
from ..roster_init.run import write_roster_mapping
from ..roster_support import RosterDemo, RosterSupport
from ..target import RunningSandbox, Target
from ..wording import command_line, counted_records, listed
from .checks import LATENCY, Check, Screen, check_limit, conditions, report
from .comparing import check_empty, check_results, compare
from .district import District, make_district
from .next_day import next_day
from .one_roster import cut_off, write_export

_SOURCE, _MAPPING, _PLAN = Path("oneroster"), Path("roster.toml"), Path("roster.plan")
_RESULTS = Path("first-day.csv")
_NO_REMOVALS = "removals = []"
_REMOVALS = 'removals = ["people", "relationships", "enrollments"]'


async def keep_district(
    target: Target,
    support: RosterSupport,
    demo: RosterDemo,
    folder: Path,
    students: int,
    screen: Screen,
) -> Exit:
    """Run the demo of a target that keeps a roster.

    :param support: how the target's roster is reached.
    :param demo: the demo in it.
    :param folder: gets the files.
    :param students: how many students each school has: an even number, at least 50.
    :returns: ``DONE`` only if every check passes.
    :raises CommandError: a step did not end as it should.
    """
    limit = demo.limit
    async with target.sandbox(limit=limit, latency=LATENCY) as served:
        account = Account(
            target=target, support=support, environment=served.environment, limit=limit
        )
        # The commands name files as they do for a user who starts them in this folder.
        with chdir(folder):
            steps = _Steps(target, account, served, demo, screen)
            checks = await steps.run(make_district(students))
    screen.print(
        "",
        "Checks. The sandbox's records are compared with the district's, without the code that "
        "made the changes:",
    )
    return report(checks, screen)


@attrs.define
class _Steps:
    """The commands that the demo runs, one after the other."""

    target: Target
    account: Account
    served: RunningSandbox
    demo: RosterDemo
    screen: Screen
    _today: date = attrs.field(factory=date.today, init=False)
    _number: int = attrs.field(default=0, init=False)

    async def run(self, district: District) -> list[Check]:
        """Run all commands, and return what was checked.

        :raises CommandError: a command did not end as it should.
        """
        server, vendor = self.served.server, self.account.vendor
        teachers = [teacher.record() for teacher in district.of_role("teacher")]
        self.demo.prepare(server, district.schools, teachers)
        faults = self.demo.add_faults(server)
        write_export(district, _SOURCE, self._today)
        self.screen.print(
            f"Keeping a district up to date in a {vendor} sandbox on this machine. This takes "
            "about twenty seconds.",
            *conditions(self.demo.limit, faults),
            f"  OneRoster files: {_sizes(district)}",
            f"  {vendor} has the {len(teachers)} teachers already.",
        )

        await self._init()
        await self._plan("Plan the first day. Nothing is changed yet.")
        await self._apply(
            "Make the changes, while some requests fail.", results=_RESULTS, yes=False
        )
        checks = [
            check_results(_RESULTS, _PLAN),
            (
                f"first day: {server.faults.fired} simulated failures happened, "
                f"{len(server.faults)} did not",
                not len(server.faults),
            ),
        ]

        changed, news = next_day(district)
        write_export(changed, _SOURCE, self._today)
        cut_off(_SOURCE / "users.csv")
        before = list(self.demo.records(server))
        await self._plan(
            "Plan the next day. users.csv ends in the middle: its transfer was interrupted. "
            f"The guard refuses the plan.\n  At the schools: {listed(news)}.",
            expected=Exit.GUARDED,
        )
        same = before == list(self.demo.records(server))
        checks.append((f"the broken export changed nothing at {vendor}", same))

        write_export(changed, _SOURCE, self._today)
        await self._plan("Plan again, after the transfer was repeated.")
        await self._apply("Make the changes. --yes agrees to the removals.", yes=True)
        await self._verify()
        await self._plan("Plan once more. Nothing is left to change.")
        checks.append(check_empty(_PLAN))

        checks += compare(changed.records(), self.demo.records(server), vendor)
        left = district.people.keys() - changed.people.keys()
        kept = self.demo.deactivated(server)
        text = f"{len(left)} people left; {len(kept)} are deactivated and not deleted"
        return [*checks, (text, kept == left), check_limit(server.log)]

    async def _init(self) -> None:
        words = ["roster", "init", str(_SOURCE), "--to", self.target.name]
        what = (
            f"Write the mapping: how the words of the school become those of {self.account.vendor}."
        )
        await self._begin(what, words)
        await write_roster_mapping(
            _SOURCE,
            self.target,
            self.account.support,
            self.served.environment,
            self.screen.reporter,
            self.screen.err,
            out=_MAPPING,
            as_of=self._today,
            limit=self.demo.limit,
        )
        _allow_removals()
        self.screen.print(f"In {_MAPPING}, the demo changed {_NO_REMOVALS} to: {_REMOVALS}")

    async def _plan(self, what: str, expected: Exit = Exit.DONE) -> None:
        words = ["plan", str(_SOURCE), "--mapping", str(_MAPPING), "--to", self.target.name]
        request = PlanRequest(
            source=_SOURCE,
            mapping=_MAPPING,
            account=self.account,
            as_of=self._today,
            out=_PLAN,
        )
        await self._begin(what, words)
        screen = self.screen
        code = await run_plan(request, screen.reporter, screen.out, screen.err)
        self._end(code, expected)

    async def _apply(self, what: str, *, yes: bool, results: Path | None = None) -> None:
        words = ["apply", str(_PLAN)]
        words += ["--yes"] if yes else []
        words += ["--results", str(results)] if results else []
        await self._begin(what, words)
        request = ApplyRequest(plan=_PLAN, account=self.account, yes=yes, results=results)
        screen = self.screen
        self._end(await run_apply(request, screen.reporter, screen.out, screen.err))

    async def _verify(self) -> None:
        await self._begin("Read the vendor again, and check the changes.", ["verify", str(_PLAN)])
        screen = self.screen
        self._end(await run_verify(_PLAN, self.account, screen.reporter, screen.out, screen.err))

    async def _begin(self, what: str, words: list[str]) -> None:
        """Print what comes next, and the command that a user would type."""
        # Each command has a limiter of its own, which does not know the requests of the others.
        await asyncio.sleep(self.demo.limit[1])
        self._number += 1
        self.screen.print("", f"Step {self._number}: {what}", f"$ {command_line(['lms', *words])}")

    def _end(self, code: Exit, expected: Exit = Exit.DONE) -> None:
        if code is not expected:
            raise CommandError(
                f"Step {self._number} of the demo ended with exit code {code:d} instead of "
                f"{expected:d}.",
                exit_code=code or Exit.UNKNOWN,
            )
        if code is not Exit.DONE:
            self.screen.print(f"Exit code: {code:d}")


def _allow_removals() -> None:
    """Change the mapping as a user does who wants to remove leavers."""
    text = _MAPPING.read_text("utf-8").replace(f"\n{_NO_REMOVALS}\n", f"\n{_REMOVALS}\n")
    _MAPPING.write_text(text, "utf-8")


def _sizes(district: District) -> str:
    counts = Counter(record.kind for record in district.records())
    return listed([counted_records(count, kind) for kind, count in counts.items()])
