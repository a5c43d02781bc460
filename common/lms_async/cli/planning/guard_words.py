"""Say what the guard does not allow, each cause once."""

from __future__ import annotations

from collections.abc import Sequence

from ...roster import PlanFile, Refusal
from ..wording import command_line, counted


def guard_lines(file: PlanFile, *, all_reasons: bool = False) -> list[str]:
    """Return what the guard does not allow.

    :param all_reasons: whether to show also the reasons that follow from other reasons.
    """
    refusals = file.refusals()
    stopping = [refusal for refusal in refusals if refusal.stops]
    scope = [refusal for refusal in refusals if refusal.rule == "scope"]
    others = [refusal for refusal in refusals if not refusal.stops and refusal not in scope]
    shown = others if all_reasons else _causes(others)
    lines = [refusal.text for refusal in scope]
    if stopping:
        lines += ["The guard refuses this plan:", *_texts(stopping)]
    if shown:
        lines += ["The guard leaves out removals:", *_texts(shown)]
    if hidden := len(others) - len(shown):
        show = command_line(["lms", "plan", "show", str(file.path)])
        lines.append(f"  To see {counted(hidden, 'more reason')}, run: {show}")
    return lines


def _texts(refusals: Sequence[Refusal]) -> list[str]:
    return [f"  {refusal.text}" for refusal in refusals]


def _causes(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Return the refusals that do not follow from another one.

    A kind with rejected rows also has fewer records than last time. If many rows of the source were
    rejected, no kind is complete. Records that refer to missing records are rejected too.
    """
    rules = {refusal.rule for refusal in refusals if not refusal.kind}
    incomplete = {refusal.kind for refusal in refusals if refusal.rule == "partial"}

    def follows(refusal: Refusal) -> bool:
        if refusal.rule == "max_source_shrink":
            return refusal.kind in incomplete
        return refusal.rule in ("partial", "max_orphan_share") and "max_rejected_share" in rules

    return [refusal for refusal in refusals if not follows(refusal)]
