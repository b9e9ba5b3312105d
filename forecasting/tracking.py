"""The record's part of a job: once forecasts are published, meet the closes that came and draw what became of them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Engine

from forecasting.prices.history import Panel, PriceSource
from forecasting.prices.sources import load_panel
from forecasting.track.scoring import Scored, open_symbols, score_open
from forecasting.universe import Symbol

log = logging.getLogger(__name__)


def follow_up(
    engine: Engine,
    source: PriceSource,
    panel: Panel,
    until: date,
    now: datetime,
    without: Collection[Symbol] = (),
) -> Scored:
    """Score every open forecast of ``source``.

    Args:
        panel: the prices that the job has loaded. Symbols with open forecasts that are not in it are loaded too.
        until: the last session that the job may know.
        now: the moment, aware.
        without: symbols that could not be loaded just now: their forecasts wait for the next job.
    """
    missing = [symbol for symbol in open_symbols(engine, source.name) if symbol not in {*panel, *without}]
    more, failures = load_panel(source, missing, until)
    for symbol, error in failures.items():
        log.warning("The open forecasts of %s are not scored. %s", symbol, error)
    histories = {**panel, **more}
    if not histories:
        return Scored(0, 0, ())
    # A source without a calendar of its own, a CSV folder, is over when its last file ends.
    closed_until = min(until, max(history.last_session for history in histories.values()))
    scored = score_open(engine, source.name, histories, closed_until, now)
    log.info("%d sessions scored, %d forecasts final", scored.sessions, scored.final)
    for sentence in scored.waiting:
        log.warning("A forecast stays open. %s", sentence)
    return scored
