"""Prices of the securities that a symbol meant before: what was forecast of one is scored against its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine

from forecasting.errors import BadPrices
from forecasting.prices.history import PriceHistory
from forecasting.prices.quality.gate import gate, sound_history
from forecasting.prices.store.store import PriceStore, Stored
from forecasting.universe import Symbol


def former_histories(
    engine: Engine, source: str, symbols: Iterable[Symbol], until: date
) -> Mapping[Symbol, tuple[PriceHistory, ...]]:
    """By symbol, oldest first, as far as the source gave them; empty for those that always meant what they mean now."""
    store = PriceStore(engine, source)
    found = {symbol: tuple(_histories(symbol, source, store.former(symbol), until)) for symbol in symbols}
    return {symbol: histories for symbol, histories in found.items() if histories}


def _histories(symbol: Symbol, source: str, former: Iterable[Stored], until: date) -> Iterable[PriceHistory]:
    for stored in former:
        try:
            history = sound_history(symbol, source, stored.frame, until, stored.security.currency)
        except BadPrices:
            continue  # nothing that a forecast could have been made from, until that day
        yield replace(gate([history])[0], security=stored.security)
