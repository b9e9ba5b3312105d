"""Whether the chain holds: every hash computed anew, from the rows as the database has them.

An operator runs it on years of forecasts, so a row costs little more than its hash: what SQLite keeps of the quantiles
is the canonical text but for spaces, and need not be read as numbers and written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, column, select, table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from forecasting.record.chain import BEFORE_FIRST, CONTENT, SHOWN_DIGITS, Head, canonical, text_hash
from forecasting.record.schema import IssuedForecast

_AT_ONCE: Final = 500  # rows read together

# Without types: as it was stored, not as a reader would kindly take it. A date in another spelling is another text.
_TABLE: Final = table(IssuedForecast.__tablename__, *(column(name) for name in (*CONTENT, "hash")))
_JSON: Final = ("security", "baselines", "promise")
_BEFORE_QUANTILES: Final = tuple(name for name in CONTENT if name < "quantiles")
_AFTER_QUANTILES: Final = tuple(name for name in CONTENT if name > "quantiles")

_UNREADABLE: Final = (TypeError, ValueError, AttributeError, RecursionError)
"""What a value raises that is of another type, broken, not finite, or nested without end."""


@dataclass(frozen=True)
class Fault:
    """The first row at which the record is not what was issued.

    Attributes:
        number: of the row.
        what: a sentence for a person.
    """

    number: int
    what: str


def verify(engine: Engine, noted: Head | None = None) -> tuple[Head, Fault | None]:
    """Compute every hash anew.

    Args:
        noted: a head from an earlier day. Without one, a record whose end was cut off, or whose hashes were all
            computed anew after a change, is as good as any.

    Returns:
        The last row that is sound, and what is wrong after it; None where nothing is.

    Raises:
        DBAPIError: the connection to the database is lost.
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
    if not isinstance(number, int):
        return Fault(wanted, f"Row {wanted} is not there: after row {before.number} comes one without a number.")
    if number > wanted:
        return Fault(wanted, f"Row {wanted} is missing: after row {before.number} comes row {number}.")
    if number < wanted:
        return Fault(number, f"Row {number} does not belong here: numbers begin with 1, and each stands there once.")
    try:
        is_sound = _quick_hash(before.hash, row) == row["hash"] or _slow_hash(before.hash, row) == row["hash"]
    except _UNREADABLE as error:
        return Fault(wanted, f"Row {wanted} cannot be read as a forecast: {error}.")
    if not is_sound:
        return Fault(
            wanted,
            f"Row {wanted} ({row['symbol']} as of {row['as_of']}) does not have the hash that it says: it was changed, "
            "put in or moved, or the row before it was.",
        )
    return Head(wanted, row["hash"])


def _quick_hash(before: str, row: Mapping[str, Any]) -> str | None:
    """By the text of the quantiles as it is stored; None where the database does not give it as text.

    The canonical text of quantiles has commas and colons between values only, so no other row gives the same one.
    """
    text = row["quantiles"]
    if not isinstance(text, str):
        return None
    first = canonical({name: _meant(name, row[name]) for name in _BEFORE_QUANTILES})
    last = canonical({name: _meant(name, row[name]) for name in _AFTER_QUANTILES})
    return text_hash(before, f'{first[:-1]},"quantiles":{_without_spaces(text)},{last[1:]}')


def _without_spaces(text: str) -> str:
    return text.replace(", ", ",").replace(": ", ":")


def _slow_hash(before: str, row: Mapping[str, Any]) -> str:
    """By what the row means, however its JSON is spelt.

    Raises:
        ValueError: sessions are not in their order. Whoever reads a row counts on it, and the canonical form, whose
            keys are sorted, does not show it.
    """
    content = {name: _meant(name, row[name]) for name in CONTENT}
    quantiles = content["quantiles"]
    if list(quantiles) != sorted(quantiles):
        raise ValueError("its sessions are not in their order")
    return text_hash(before, canonical(content))


def _meant(name: str, value: Any) -> Any:
    """A value of a row, from the text that SQLite keeps; PostgreSQL gives what is meant."""
    if not isinstance(value, str):
        return value
    if name == "issued_at":
        return f"{value.replace(' ', 'T')}+00:00"
    return json.loads(value) if name in _JSON or name == "quantiles" else value


def _rows(engine: Engine) -> Iterator[Mapping[str, Any] | Fault]:
    """Every row in the order of its number, some hundred at a time. One that cannot be read comes as a fault.

    Raises:
        DBAPIError: the connection is lost, which says nothing about the record.
    """
    read, at_once = 0, _AT_ONCE
    with engine.connect() as connection:
        while True:
            # By their place and not by their number: of a table made anew, rows may share a number or have none.
            query = select(_TABLE).order_by(_TABLE.c.number).offset(read).limit(at_once)
            try:
                rows = connection.execute(query).all()
            except (SQLAlchemyError, TypeError, ValueError) as error:
                if isinstance(error, DBAPIError) and error.connection_invalidated:
                    raise
                if at_once == 1:
                    reason = getattr(error, "orig", None) or error  # the driver's words, without the statement
                    yield Fault(read + 1, f"Row {read + 1} cannot be read as a forecast: {reason}.")
                    return
                at_once = 1  # to find the one among them
                continue
            yield from (dict(row._mapping) for row in rows)
            if len(rows) < at_once:
                return
            read += len(rows)
