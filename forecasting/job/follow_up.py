"""The record's part of a job: score the open forecasts with the new closes, and draw those that changed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import BrokenExecutor, Executor
from datetime import date, datetime
from typing import Final, cast

from sqlalchemy import Engine, Table, bindparam, delete, insert

from forecasting.chart import draw_past_forecasts
from forecasting.job.groups import PANEL_MOST
from forecasting.prices.history import Panel, PriceHistory, PriceSource
from forecasting.prices.loading import load_panel
from forecasting.prices.store.stored import former_histories
from forecasting.record.past import past_of
from forecasting.record.schema import TRACK_FACTS, StoredTrackChart
from forecasting.record.scoring import Scored, open_symbols, score_open
from forecasting.report import THEMES
from forecasting.sessions import exchange_of, last_completed_session
from forecasting.universe import Symbol

log = logging.getLogger(__name__)


_CHARTS: Final = cast(Table, StoredTrackChart.__table__)
_DELETE: Final = delete(_CHARTS).where(*(column == bindparam(column.name) for column in _CHARTS.primary_key))


def follow_up(
    engine: Engine,
    source: PriceSource,
    panel: Panel,
    until: date,
    now: datetime,
    without: Collection[Symbol] = (),
    executor: Executor | None = None,
    *,
    only: Collection[Symbol] | None = None,
    but: Collection[Symbol] = (),
) -> Scored:
    """Score the open forecasts of ``source``, and draw those that changed.

    Args:
        panel: the prices that the job has loaded. Those of other symbols with open forecasts are loaded here, some at
            a time.
        until: the last session that the job may know.
        now: aware.
        without: symbols that the job could not load: their forecasts wait for the next job.
        executor: does the drawing; if there is none, nothing is drawn.
        only, but: the symbols whose forecasts are scored (None: all), and those whose are not.
    """
    open_now = [s for s in open_symbols(engine, source.name) if (only is None or s in only) and s not in but]
    missing = [symbol for symbol in open_now if symbol not in {*panel, *without}]
    here = [symbol for symbol in open_now if symbol not in missing]
    parts = [missing[start : start + PANEL_MOST] for start in range(0, len(missing), PANEL_MOST)] or [[]]
    newest: dict[str, date] = {}
    all_scored = []
    for part in parts:
        more, failures = load_panel(source, part, until)
        for symbol, error in failures.items():
            log.warning("The open forecasts of %s are not scored. %s", symbol, error)
        histories = {**panel, **more}
        symbols, here = [*here, *part], []
        closed_until = _closed_until(symbols, histories.values(), until, now, newest)
        former = former_histories(engine, source.name, symbols, until)
        scored = score_open(engine, source.name, histories, closed_until, now, former, symbols)
        for sentence in scored.waiting:
            log.warning("A forecast stays open. %s", sentence)
        if executor is not None:
            try:
                _draw(engine, histories, scored, executor)
            except BrokenExecutor:
                log.exception("The pictures of the record were not renewed: a worker process was ended from outside")
        all_scored.append(scored)
    total = Scored.sum(all_scored)
    log.info("Sessions scored: %d, forecasts that became final: %d", total.sessions, total.final)
    return total


def _closed_until(
    symbols: Iterable[Symbol],
    histories: Iterable[PriceHistory],
    until: date,
    now: datetime,
    newest: dict[str, date],
) -> dict[str, date]:
    """The newest session that is over, by exchange: in a folder, the end of the exchange's last file.

    Args:
        newest: the ends of the files seen before, by exchange; those of ``histories`` are added.
    """
    for history in histories:
        exchange = exchange_of(history.symbol)
        newest[exchange] = max(history.last_session, newest.get(exchange, date.min))
    ends = {exchange: last_completed_session(now, exchange) for exchange in {exchange_of(symbol) for symbol in symbols}}
    return {exchange: min(until, session) for exchange, session in {**ends, **newest}.items()}


def _draw(engine: Engine, histories: Mapping[Symbol, PriceHistory], scored: Scored, executor: Executor) -> None:
    found = (past_of(engine, histories[symbol], kind) for symbol, kind in sorted(scored.changed) if symbol in histories)
    pasts = [past for past in found if past is not None]
    tasks = {
        (past.source, past.symbol, past.kind, theme): executor.submit(draw_past_forecasts, past, theme)
        for past in pasts
        for theme in THEMES
    }
    drawn: dict[tuple[str, str, str, str], bytes] = {key: task.result() for key, task in tasks.items()}
    drawn |= {(past.source, past.symbol, past.kind, TRACK_FACTS): past.to_json().encode() for past in pasts}
    if drawn:
        names = ("source", "symbol", "kind", "theme")
        rows = [{**dict(zip(names, key, strict=True)), "png": png} for key, png in drawn.items()]
        with engine.begin() as connection:
            connection.execute(_DELETE, rows)
            connection.execute(insert(_CHARTS), rows)
