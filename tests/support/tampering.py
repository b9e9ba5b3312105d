"""Somebody who wants the record to have been better: knows the tables, drops the triggers, writes into the file."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

JSON_COLUMNS: Final = ("quantiles", "baselines", "promise", "security")
Row = dict[str, Any]
Tamper = Callable[[list[Row], np.random.Generator], int]
"""Changes the rows and gives the number of the first that is not what was issued."""


def tamper(database: Path, how: Tamper, random: np.random.Generator) -> int:
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    for change in ("update", "delete"):
        connection.execute(f"DROP TRIGGER issued_forecasts_no_{change}")
    rows = [dict(row) for row in connection.execute("SELECT * FROM issued_forecasts ORDER BY number")]
    first = how(rows, random)
    connection.execute("DELETE FROM issued_forecasts")
    for row in rows:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO issued_forecasts ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
    connection.commit()
    connection.close()
    return first


def edited(rows: list[Row], random: np.random.Generator) -> int:
    row = rows[random.integers(len(rows))]
    column = random.choice([name for name in row if name not in ("number", "symbol")])
    row[column] = _another(column, row[column], random)
    return int(row["number"])


def inserted(rows: list[Row], random: np.random.Generator) -> int:
    """A forecast that was never issued, somewhere in between or at the end, with a hash that looks like one."""
    place = int(random.integers(len(rows) + 1))
    forged = dict(rows[random.integers(len(rows))], model_version=f"forged-{random.integers(1 << 30)}")
    rows.insert(place, forged | {"hash": sha256(random.bytes(8)).hexdigest()})
    renumber(rows)
    return place + 1


def swapped(rows: list[Row], random: np.random.Generator) -> int:
    """Two forecasts change places, with their hashes or without."""
    one, other = sorted(int(place) for place in random.choice(len(rows), 2, replace=False))
    rows[one], rows[other] = rows[other], rows[one]
    if random.random() < 0.5:
        rows[one]["hash"], rows[other]["hash"] = rows[other]["hash"], rows[one]["hash"]
    renumber(rows)
    return one + 1


def deleted(rows: list[Row], random: np.random.Generator) -> int:
    """One that is not the last, with the later ones renumbered or not."""
    place = int(random.integers(len(rows) - 1))
    del rows[place]
    if random.random() < 0.5:
        renumber(rows)
    return place + 1


def cut(rows: list[Row], random: np.random.Generator) -> int:
    place = int(random.integers(len(rows)))
    del rows[place:]
    return place + 1


def rehashed(rows: list[Row], random: np.random.Generator) -> int:
    """Any of the others, and every hash from there on computed anew. Where it ends, only a noted head can tell."""
    end = len(rows)
    how = [edited, inserted, swapped, deleted][random.integers(4)]
    how(rows, random)
    del rows[end:]
    renumber(rows)
    before = "0" * 64
    for row in rows:
        row["hash"] = before = plain_hash(before, row)
    return len(rows) if len(rows) == end else len(rows) + 1


def renumber(rows: list[Row]) -> None:
    for number, row in enumerate(rows, 1):
        row["number"] = number


def plain_hash(before: str, row: Row) -> str:
    """As ``docs/record.md`` says it, from a row of the SQLite file."""
    content = {name: value for name, value in row.items() if name != "hash"}
    for name in JSON_COLUMNS:
        content[name] = None if row[name] is None else json.loads(row[name])
    content["issued_at"] = row["issued_at"].replace(" ", "T") + "+00:00"
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(f"{before}\n{text}".encode()).hexdigest()


def _another(column: str, value: Any, random: np.random.Generator) -> Any:
    if column == "kind":
        return "replayed"
    if column in JSON_COLUMNS:
        return _another_json(value, random)
    if isinstance(value, float):
        return math.nextafter(value, math.inf)
    if isinstance(value, int):
        return value + int(random.integers(1, 100))
    if value is None:  # of corrects
        return 1
    if column == "as_of":
        return value[:-2] + ("01" if value[-2:] != "01" else "02")
    if column == "issued_at":
        return "2023" + value[4:]
    place = int(random.integers(len(value)))
    return value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]


def _another_json(text: str | None, random: np.random.Generator) -> str:
    if text is None:
        return '{"name": "Another"}'
    content = json.loads(text)
    key = random.choice(list(content))
    if isinstance(content[key], list):
        level = random.integers(len(content[key]))
        content[key][level] = math.nextafter(content[key][level], 0.0)
    else:
        content[key] = content[key] + 1
    return json.dumps(content)
