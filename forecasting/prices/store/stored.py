"""Prices from the store: StoredPrices asks the source for what is missing, KeptPrices uses what is there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from forecasting.errors import BadPrices, PricesError, PricesUnavailable, SymbolEnded, UnknownSymbol
from forecasting.prices.fetching import Fetched, Fetcher, last_session, missing_sessions, require_complete
from forecasting.prices.findings import Finding
from forecasting.prices.history import PriceHistory
from forecasting.prices.quality.gate import gate, sound_history
from forecasting.prices.store.merging import OVERLAP, lacks_actions
from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import Contradiction, PriceStore, Stored, Taken
from forecasting.sessions import last_completed_session
from forecasting.universe import Symbol

log = logging.getLogger(__name__)

CONTROL: Final = Symbol("SPY")
"""A symbol that every working source knows. If this one is unknown too, the source is at fault."""

ENDED_FOR: Final = timedelta(days=3)
"""A stored symbol counts as delisted once a working source has not known it for this long."""

_MOST_LOGGED: Final = 10
"""Revised sessions that are logged one by one; the store has them all."""


@dataclass
class StoredPrices:
    """A PriceSource for one run: it remembers whether the source answers.

    Attributes:
        fetcher: the source itself.
        now: clock, aware.
    """

    fetcher: Fetcher
    store: PriceStore
    now: Callable[[], datetime]
    pacing: Pacing = field(default_factory=Pacing)
    _works: bool | None = None

    @property
    def name(self) -> str:
        return self.fetcher.name

    def in_a_hurry(self) -> StoredPrices:
        """The same for symbols that are not essential: no waiting for a rate limit, and failures counted apart."""
        return replace(self, pacing=replace(self.pacing, waits=()))

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history``. If the source fails, the stored prices, with a note that says so.

        Raises:
            SymbolEnded: the symbol was known once and is no longer.
        """
        wanted = last_session(symbol, until, self.now())
        stored = self.store.load(symbol)
        notes: tuple[Finding, ...] = ()
        if stored is None or missing_sessions(symbol, stored.sessions, wanted):
            try:
                self._fetch(symbol, stored, wanted)
            except (PricesUnavailable, BadPrices, UnknownSymbol) as error:
                if stored is None:
                    raise
                self._raise_if_ended(symbol, error)
                notes = (_fallback_note(symbol, stored, error),)
            else:
                stored = self.store.load(symbol)
        assert stored is not None  # noqa: S101 - just fetched, or an error was raised
        if not notes:
            require_complete(symbol, self.name, stored.sessions, wanted)
        history = _history(self.store, symbol, stored, wanted)
        return replace(history, findings=(*history.findings, *notes))

    def update(self, symbol: Symbol, until: date) -> Taken | None:
        """Fetch what the store lacks until ``until``; None if it lacks nothing.

        Raises:
            PricesError, UnknownSymbol: the source gave nothing usable, or not everything. What it gave is kept.
        """
        wanted = last_session(symbol, until, self.now())
        stored = self.store.load(symbol)
        if stored is not None and not missing_sessions(symbol, stored.sessions, wanted):
            return None
        try:
            taken = self._fetch(symbol, stored, wanted)
        except UnknownSymbol as error:
            if stored is not None:
                self._raise_if_ended(symbol, error)
            raise
        now_stored = self.store.load(symbol)
        if now_stored is not None:
            require_complete(symbol, self.name, now_stored.sessions, wanted)
        return taken

    def _fetch(self, symbol: Symbol, stored: Stored | None, wanted: date) -> Taken:
        in_part = stored is not None and len(stored.fetches) % OVERLAP != 1
        fetched = self._ask(symbol, stored.sessions[-OVERLAP:][0].date() if stored and in_part else None, wanted)
        if stored and not in_part and lacks_actions(stored.frame, fetched.rows):
            log.warning("%s: %s answered without dividends, so stored sessions stay as they were.", symbol, self.name)
            fetched = replace(fetched, rows=fetched.rows[fetched.rows.index > stored.sessions[-1]])
        try:
            taken = self.store.take_in(symbol, fetched, self.now(), stored, in_part)
        except Contradiction:
            fetched = self._ask(symbol, None, wanted)
            taken = self.store.take_in(symbol, fetched, self.now(), stored)
        if taken.instead_of is not None:
            differences = taken.instead_of.differences(fetched.security)
            changed = ", ".join(f"{what}: {how}" for what, how in differences.items())
            log.warning("%s now means a different security (%s). A new history starts.", symbol, changed)
        revised = taken.merge.revised.index
        for session in revised[-_MOST_LOGGED:]:
            log.warning("%s: %s changed its prices of %s.", symbol, self.name, session.date())
        if len(days := taken.merge.withdrawn):
            last = days[-1].date()
            log.warning("%s: rows of days that are no sessions are gone, %d up to %s.", symbol, len(days), last)
        if len(revised) > _MOST_LOGGED:
            log.warning("%s: %d earlier sessions changed too.", symbol, len(revised) - _MOST_LOGGED)
        return taken

    def _ask(self, symbol: Symbol, since: date | None, wanted: date) -> Fetched:
        return self.pacing.call(lambda: self.fetcher.fetch(symbol, since, wanted))

    def _raise_if_ended(self, symbol: Symbol, error: Exception) -> None:
        """One "unknown symbol" proves little; days of them, while the source knows the control symbol, do."""
        if not isinstance(error, UnknownSymbol) or not self._source_works(symbol):
            return
        now = self.now()
        since = self.store.mark_unknown(symbol, now)
        if now - since >= ENDED_FOR:
            raise SymbolEnded(
                f"{symbol} has been unknown to {self.name} since {since:%Y-%m-%d}, so it is no longer traded under "
                "this symbol. Remove it from your lists or use its successor."
            ) from error

    def _source_works(self, asked: Symbol) -> bool:
        if asked == CONTROL:
            return False
        if self._works is None:
            last = last_completed_session(self.now())
            try:
                self._ask(CONTROL, last - timedelta(days=7), last)
            except (PricesError, UnknownSymbol):
                self._works = False
            else:
                self._works = True
        return self._works


@dataclass(frozen=True)
class KeptPrices:
    """A PriceSource of what is stored, as it is now or was known at ``known_at`` (aware; None for now)."""

    store: PriceStore
    known_at: datetime | None = None

    @property
    def name(self) -> str:
        return self.store.source

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history``."""
        stored = self.store.load(symbol, self.known_at)
        if stored is None:
            raise UnknownSymbol(symbol, self.store.symbols())
        return _history(self.store, symbol, stored, until)


def former_histories(
    engine: Engine, source: str, symbols: Iterable[Symbol], until: date
) -> Mapping[Symbol, tuple[PriceHistory, ...]]:
    """Prices of the securities that ``symbols`` meant before, through the gate, oldest security first.

    Forecasts of a former security are scored against its own prices. Symbols that never changed are left out.
    """
    store = PriceStore(engine, source)
    found: dict[Symbol, tuple[PriceHistory, ...]] = {}
    for symbol in symbols:
        for stored in store.former(symbol):
            try:
                history = _sound(store, symbol, stored, until)
            except BadPrices:
                continue  # no usable row until that day, so no forecast was made from them
            found[symbol] = (*found.get(symbol, ()), *gate([history]))
    return found


def _sound(store: PriceStore, symbol: Symbol, stored: Stored, until: date) -> PriceHistory:
    history = sound_history(symbol, store.source, stored.frame, until, stored.security.currency)
    return replace(history, security=stored.security)


def _history(store: PriceStore, symbol: Symbol, stored: Stored, until: date) -> PriceHistory:
    history = _sound(store, symbol, stored, until)
    securities = store.securities(symbol)
    if len(securities) < 2:
        return history
    changed = securities[-2].differences(securities[-1])
    note = Finding(symbol, history.sessions[0].date(), "another security", "noted", changed)
    return replace(history, findings=(*history.findings, note))


def _fallback_note(symbol: Symbol, stored: Stored, error: Exception) -> Finding:
    last = stored.sessions[-1].date()
    log.warning("%s Using stored prices until %s instead.", error, last)
    return Finding(symbol, last, "stored prices", "noted", {"reason": str(error)})
