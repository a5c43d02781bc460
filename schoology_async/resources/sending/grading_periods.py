"""Check and encode grading periods."""

from __future__ import annotations

from lms_async.records.encoding import Sending

from ...models import (
    GradingPeriodCreate,
    GradingPeriodCreateDict,
    GradingPeriodUpdate,
    GradingPeriodUpdateDict,
)
from ...models.converter import converter

NewGradingPeriod = GradingPeriodCreate | GradingPeriodCreateDict
GradingPeriodChange = GradingPeriodUpdate | GradingPeriodUpdateDict

new_grading_period = Sending(converter, GradingPeriodCreate, what="the grading period")
grading_period_change = Sending(converter, GradingPeriodUpdate, what="the change")
