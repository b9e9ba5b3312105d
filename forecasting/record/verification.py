"""Whether the chain holds: every hash is recomputed from the rows as the database has them."""

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
_JSON: Final = ("security", "baselines", "promise", "quantiles")

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
    """Recompute every hash.

    Args:
        noted: a head from an earlier day. Without one it cannot be seen that the end was cut off, or that all hashes
            were recomputed after a change.

    Returns:
        The last sound row, and what is wrong after it; None if nothing is.

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
                f"Row {sound.number} has the hash {sound.hash[:SHOWN_DIGITS]}, but {noted} was noted: this row or one "
                "before it was changed, and the hashes were recomputed.",
            )
    if noted is not None and noted.number > sound.number:
        return sound, Fault(
            sound.number + 1,
            f"The record ends with row {sound.number}, but {noted} was noted: row {sound.number + 1} and all after it "
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
        is_sound = _hash(before.hash, row) == row["hash"]
    except _UNREADABLE as error:
        return Fault(wanted, f"Row {wanted} cannot be read as a forecast: {error}.")
    if not is_sound:
        return Fault(
            wanted,
            f"Row {wanted} ({row['symbol']} as of {row['as_of']}) does not have the hash that it says: it was changed, "
            "put in or moved, or the row before it was.",
        )
    return Head(wanted, row["hash"])


def _hash(before: str, row: Mapping[str, Any]) -> str:
    """The hash of a row, whatever spaces its JSON has.

    Raises:
        ValueError: sessions are not in their order. Readers of a row rely on it, and the canonical form, whose keys
            are sorted, does not show it.
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
    return json.loads(value) if name in _JSON else value


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
