"""The one clock: nothing else in the library asks what day it is, or when something is written."""

from __future__ import annotations

import datetime
import os


def today() -> datetime.date:
    """Return the day on which a framework is asked for without saying an edition or a day."""
    return datetime.date.today()


def written_on() -> datetime.date:
    """Return the day that a document made for people is dated by: today, unless ``SOURCE_DATE_EPOCH`` says which."""
    epoch = _epoch()
    return today() if epoch is None else epoch.date()


def written_at() -> datetime.datetime:
    """Return the time of writing for a file that must carry one, in UTC: the same for the same input, whenever it runs.

    ``SOURCE_DATE_EPOCH`` in the environment, in seconds since 1970, says which (https://reproducible-builds.org).
    """
    return _epoch() or datetime.datetime(2000, 1, 1)


def now() -> datetime.datetime:
    """Return the moment at which people do something, in UTC, unless ``SOURCE_DATE_EPOCH`` says which."""
    epoch = _epoch()
    return datetime.datetime.now(datetime.UTC) if epoch is None else epoch.replace(tzinfo=datetime.UTC)


def _epoch() -> datetime.datetime | None:
    """Return the moment that ``SOURCE_DATE_EPOCH`` names (``None``: none, or none that a date can hold)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isascii() and epoch.isdecimal() and len(epoch) <= len("99999999999"):
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(epoch))
    return None
