"""The record as static files: a page that shows every issued forecast, and verifies the hash chain in the browser.

``record.json`` has the head of the chain, the calibration of each ETF and the names of the files in ``rows/``. Each of
those has the rows of up to ROWS_PER_FILE forecasts: the canonical JSON that the hash covers, the hash, and the outcome.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from forecasting.record.chain import CONTENT, canonical, newest_head
from forecasting.record.record import TrackRecord
from forecasting.record.schema import IssuedForecast, StoredOutcome
from forecasting.storage.files import replace_file

ROWS_PER_FILE: Final = 500
FILES: Final = Path(__file__).parent / "page_files"


def export_page(engine: Engine, source: str, folder: Path) -> bool:
    """Write the page and its data, unless the folder has them already.

    The chain goes over the forecasts of all sources; ``source`` is whose calibration is shown.

    Returns:
        Whether anything was written.

    Raises:
        OSError: the folder cannot be written.
    """
    state = _state(engine, source)
    index = folder / "record.json"
    if index.is_file() and json.loads(index.read_bytes()).get("state") == state:
        return False
    (folder / "rows").mkdir(parents=True, exist_ok=True)
    for file in FILES.iterdir():
        shutil.copyfile(file, folder / file.name)
    head = newest_head(engine)  # before the rows: one that is issued meanwhile is left to the next export
    names = []
    for number, rows in enumerate(_batches(engine, head.number), 1):
        names.append(f"rows/{number:05d}.json")
        replace_file(folder / names[-1], json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())
    records = [record.published() for record in TrackRecord(engine, source).records()]
    facts = {"state": state, "source": source, "head": {"number": head.number, "hash": head.hash}}
    replace_file(index, json.dumps(facts | {"files": names, "records": records}).encode())
    return True


def _state(engine: Engine, source: str) -> list[Any]:
    """What the files are made of: any change of it makes them old."""
    with Session(engine) as session:
        scored = session.scalar(select(func.max(StoredOutcome.scored_at)))
    return [source, str(newest_head(engine)), None if scored is None else scored.isoformat()]


def _batches(engine: Engine, last: int) -> Iterator[Sequence[dict[str, Any]]]:
    query = (
        select(IssuedForecast, StoredOutcome)
        .outerjoin(StoredOutcome, StoredOutcome.number == IssuedForecast.number)
        .where(IssuedForecast.number <= last)
        .order_by(IssuedForecast.number)
        .execution_options(yield_per=ROWS_PER_FILE)
    )
    with Session(engine) as session:
        for partition in session.execute(query).partitions(ROWS_PER_FILE):
            yield [_row(issued, outcome) for issued, outcome in partition]


def _row(issued: IssuedForecast, outcome: StoredOutcome | None) -> dict[str, Any]:
    content = {name: getattr(issued, name) for name in CONTENT}
    return {"canonical": canonical(content), "hash": issued.hash, "outcome": outcome and _outcome(outcome)}


def _outcome(outcome: StoredOutcome) -> dict[str, Any]:
    sessions = outcome.sessions
    inside80, inside95, error = (getattr(outcome, f"lstm_{name}") for name in ("in80", "in95", "pct"))
    return {
        "sessions": sessions,
        "is_final": outcome.is_final,
        "is_late": outcome.is_late,
        "inside80": inside80,
        "inside95": inside95,
        "mae_pct": error / sessions if sessions else None,
        "last_scored": outcome.last_scored and outcome.last_scored.isoformat(),
    }
