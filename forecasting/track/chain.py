"""The hash chain over issued forecasts. ``docs/track.md`` says the form in words, with a program that checks it.

    hash = SHA-256(hash of the row before, in hexadecimal + "\\n" + canonical JSON of the row)   as hexadecimal digits

Canonical JSON: UTF-8, keys sorted, no spaces, numbers as Python's ``repr`` writes them (the shortest digits that give
the same float back), dates as ``2026-11-13``, moments in UTC as ``2026-11-14T13:05:00.000000+00:00``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from forecasting.tables import IssuedForecast

BEFORE_FIRST: Final = "0" * 64
"""Stands for the hash of the row before the first."""

SHOWN_DIGITS: Final = 16
"""Of a head's hash where people read it."""

_TABLE: Final = IssuedForecast.__table__
_CONTENT: Final = tuple(column.name for column in _TABLE.columns if column.name != "hash")
_AT_ONCE: Final = 500  # rows read together
_BEFORE_ALL: Final = -(2**31)  # no row's number is smaller: somebody may have put one in before the first


@dataclass(frozen=True)
class Head:
    """The newest row: how many forecasts were issued, and a hash that covers them all. Of none, 0 and no digits."""

    number: int
    hash: str

    def __str__(self) -> str:
        """As the weekly report shows it: ``1204:9f86d081884c7d65``."""
        return f"{self.number}:{self.hash[:SHOWN_DIGITS]}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """What somebody noted down; the hash may be cut.

        Raises:
            ValueError: it has not the form ``N:HEX``.
        """
        number, _, digits = text.strip().partition(":")
        if not number.isdecimal() or (int(number) > 0 and not digits):
            raise ValueError(f"{text!r} is no head of the record. Write it as the weekly report does: 1204:9f86d081…")
        if not set(digits.lower()) <= set("0123456789abcdef") or len(digits) > len(BEFORE_FIRST):
            raise ValueError(f"{digits!r} are no hexadecimal digits of a hash. Write the head as the report does.")
        return cls(int(number), digits.lower())


@dataclass(frozen=True)
class Fault:
    """The first row at which the record is not what was issued.

    Attributes:
        number: of the row.
        what: a sentence for a person.
    """

    number: int
    what: str


def canonical(row: Mapping[str, Any]) -> bytes:
    """The bytes of a row's content, all columns but ``hash``.

    Raises:
        ValueError: a number is not finite.
    """
    content = {name: _plain(row[name]) for name in _CONTENT}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def row_hash(before: str, row: Mapping[str, Any]) -> str:
    """The hash of a row that follows one with the hash ``before``."""
    return sha256(before.encode() + b"\n" + canonical(row)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def head(session: Session) -> Head:
    """The newest row."""
    query = select(IssuedForecast.number, IssuedForecast.hash).order_by(IssuedForecast.number.desc()).limit(1)
    row = session.execute(query).first()
    return Head(0, BEFORE_FIRST) if row is None else Head(row.number, row.hash)


def newest_head(engine: Engine) -> Head:
    """The same, for whoever has no session."""
    with Session(engine) as session:
        return head(session)


def append(session: Session, issued: IssuedForecast) -> None:
    """Add a row to the end of the chain, with its number and hash.

    Only the holder of the job's lock appends. Were there a second one, the number could be taken once only, and its
    transaction would fail as a whole.
    """
    newest = head(session)
    issued.number = newest.number + 1
    issued.hash = row_hash(newest.hash, {name: getattr(issued, name) for name in _CONTENT})
    session.add(issued)
    session.flush()


def verify(engine: Engine, noted: Head | None = None) -> tuple[Head, Fault | None]:
    """Compute every hash anew.

    Args:
        noted: a head from an earlier day. Without one, a record whose end was cut off, or whose hashes were all
            computed anew after a change, is as good as any.

    Returns:
        The last row that is sound, and what is wrong after it; None where nothing is.
    """
    sound = Head(0, BEFORE_FIRST)
    for row in _rows(engine):
        sound_or_fault = _next(sound, row)
        if isinstance(sound_or_fault, Fault):
            return sound, sound_or_fault
        sound = sound_or_fault
        if noted is not None and sound.number == noted.number and not sound.hash.startswith(noted.hash):
            return sound, Fault(
                sound.number,
                f"Row {sound.number} has the hash {sound.hash[:SHOWN_DIGITS]}, and {noted} was noted: this row or one "
                "before it is not the one that was issued, and the hashes were computed anew.",
            )
    if noted is not None and noted.number > sound.number:
        return sound, Fault(
            sound.number + 1,
            f"The record ends with row {sound.number}, and {noted} was noted: row {sound.number + 1} and all after it "
            "were cut off.",
        )
    return sound, None


def _next(before: Head, row: Mapping[str, Any] | Fault) -> Head | Fault:
    """The row that follows ``before``, once it is found sound."""
    if isinstance(row, Fault):
        return row
    wanted, number = before.number + 1, row["number"]
    if number > wanted:
        return Fault(wanted, f"Row {wanted} is missing: after row {before.number} comes row {number}.")
    if number < wanted:
        return Fault(number, f"Row {number} does not belong here: numbers begin with 1, and each stands there once.")
    try:
        computed = row_hash(before.hash, row)
    except (TypeError, ValueError, AttributeError) as error:
        return Fault(wanted, f"Row {wanted} cannot be read as a forecast: {error}.")
    if computed != row["hash"]:
        return Fault(
            wanted,
            f"Row {wanted} ({row['symbol']} as of {row['as_of']}) does not have the hash that it says: it was changed, "
            "put in or moved, or the row before it was.",
        )
    return Head(wanted, computed)


def _rows(engine: Engine) -> Iterator[Mapping[str, Any] | Fault]:
    """Every row in the order of its number, some hundred at a time. One that cannot be read comes as a fault."""
    last, at_once = _BEFORE_ALL, _AT_ONCE
    with engine.connect() as connection:
        while True:
            query = select(_TABLE).where(_TABLE.c.number > last).order_by(_TABLE.c.number).limit(at_once)
            try:
                rows = connection.execute(query).all()
            except (SQLAlchemyError, TypeError, ValueError) as error:
                if at_once == 1:
                    number = max(last, 0) + 1
                    yield Fault(number, f"Row {number} cannot be read as a forecast: {error}.")
                    return
                at_once = 1  # to find the one among them
                continue
            yield from (dict(row._mapping) for row in rows)
            if len(rows) < at_once:
                return
            last = rows[-1].number
