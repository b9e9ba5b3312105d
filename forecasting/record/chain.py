"""The hash chain over issued forecasts. ``docs/record.md`` says the form in words, with a program that checks it.

    hash = SHA-256(hash of the row before, in hexadecimal + "\\n" + canonical JSON of the row)   as hexadecimal digits

Canonical JSON: UTF-8, keys sorted, no spaces, numbers as Python's ``repr`` writes them (the shortest digits that give
the same float back), dates as ``2026-11-13``, moments in UTC as ``2026-11-14T13:05:00.000000+00:00``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Table, insert, select

from forecasting.record.schema import IssuedForecast

BEFORE_FIRST: Final = "0" * 64
"""Stands for the hash of the row before the first."""

SHOWN_DIGITS: Final = 16
"""Digits of a head's hash that people see."""

CONTENT: Final = tuple(column.name for column in IssuedForecast.__table__.columns if column.name != "hash")
"""The columns that a hash covers."""

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Head:
    """The newest row: how many forecasts were issued, and a hash that covers them all; 0 and zeros if none."""

    number: int
    hash: str

    def __str__(self) -> str:
        """As the weekly report shows it: ``1204:9f86d081884c7d65``."""
        return f"{self.number}:{self.hash[:SHOWN_DIGITS]}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read a head that somebody noted down; its hash may be shortened.

        Raises:
            ValueError: it does not have the form ``N:HEX``.
        """
        number, _, digits = text.strip().partition(":")
        if not number.isdecimal() or (int(number) > 0 and not digits):
            raise ValueError(f"{text!r} is not a head. Write it as the weekly report does: 1204:9f86d081…")
        if int(number) == 0 and digits.strip("0"):
            raise ValueError(f"{text!r} is not a head of the record: the digits of an empty record are zeros.")
        if not set(digits.lower()) <= set("0123456789abcdef") or len(digits) > len(BEFORE_FIRST):
            raise ValueError(f"{digits!r} are not the hexadecimal digits of a hash. Write the head as the report does.")
        return cls(int(number), digits.lower())


def canonical(content: Mapping[str, Any]) -> str:
    """The canonical JSON of columns and their values.

    Raises:
        ValueError: a number is not finite.
        TypeError: a value is of no type that a row holds.
    """
    return _ENCODER.encode({name: _plain(value) for name, value in content.items()})


def row_hash(before: str, row: Mapping[str, Any]) -> str:
    """The hash of a row that follows one with the hash ``before``. Only the columns in ``CONTENT`` are used."""
    return text_hash(before, canonical({name: row[name] for name in CONTENT}))


def text_hash(before: str, text: str) -> str:
    """The hash of a row's canonical JSON that follows the hash ``before``."""
    return sha256(f"{before}\n{text}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


_TABLE: Final = cast(Table, IssuedForecast.__table__)
_HEAD: Final = select(_TABLE.c.number, _TABLE.c.hash).order_by(_TABLE.c.number.desc()).limit(1)


def head(connection: Connection) -> Head:
    """The newest row."""
    row = connection.execute(_HEAD).first()
    return Head(0, BEFORE_FIRST) if row is None else Head(row.number, row.hash)


def newest_head(engine: Engine) -> Head:
    """The newest row, read over a connection of its own."""
    with engine.connect() as connection:
        return head(connection)


def append(connection: Connection, content: Mapping[str, Any]) -> int:
    """Add a row to the end of the chain.

    Only the holder of the job's lock appends. A second writer could not take the same number, and its transaction
    would fail as a whole.

    Args:
        content: the columns of CONTENT, but the number.

    Returns:
        The number that it got.
    """
    newest = head(connection)
    row = {**content, "number": newest.number + 1}
    connection.execute(insert(_TABLE), {**row, "hash": row_hash(newest.hash, row)})
    return newest.number + 1
