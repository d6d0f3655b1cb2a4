"""The clock: real time, or the fixed time in ``BAOKUAN_NOW`` for replays, tests and the demo."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
CUTOFF_HOURS = 4


def now() -> datetime:
    """Aware local time.

    Raises:
        ValueError: ``BAOKUAN_NOW`` is not an ISO 8601 time.
    """
    text = os.environ.get("BAOKUAN_NOW")
    if not text:
        return datetime.now(ZONE)
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"BAOKUAN_NOW={text!r} is not a time; write it like 2026-11-01T06:00:00+08:00"
        ) from error
    return value.astimezone(ZONE) if value.tzinfo else value.replace(tzinfo=ZONE)


def business_date(at: datetime, cutoff_hours: int = CUTOFF_HOURS) -> date:
    """Business day of a local time; a day ends at the cut-off of the next (rule D13)."""
    return (at.astimezone(ZONE) - timedelta(hours=cutoff_hours)).date()


def as_of(at: datetime | None = None) -> date:
    """The last closed business day."""
    return business_date(at or now()) - timedelta(days=1)
