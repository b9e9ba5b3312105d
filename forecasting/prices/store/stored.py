"""Prices from the store: StoredPrices asks the source for what the store lacks, KeptPrices asks nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from forecasting.errors import BadPrices, PricesError, PricesUnavailable, SymbolEnded, UnknownSymbol
from forecasting.prices.history import PriceHistory
from forecasting.prices.quality.findings import Finding
from forecasting.prices.quality.gate import sound_history
from forecasting.prices.sources.fetching import Fetched, Fetcher, last_session, missing_sessions, require_complete
from forecasting.prices.sources.pacing import Pacing
from forecasting.prices.store.merging import OVERLAP
from forecasting.prices.store.store import PriceStore, Stored, Taken, contradicts
from forecasting.sessions import last_completed_session
from forecasting.universe import Symbol

log = logging.getLogger(__name__)

CONTROL: Final = Symbol("SPY")
"""The symbol that a working source knows: where it is unknown too, the fault is the source's."""

ENDED_FOR: Final = timedelta(days=3)
"""A symbol that was known counts as ended once a working source has not known it for so long."""

_TOLD: Final = 10
"""Revised sessions that are logged one by one; the store has them all."""


@dataclass
class StoredPrices:
    """A PriceSource. One run uses one of them, since it remembers whether the source answers.

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
        """The same for symbols that can be done without: it waits for no rate limit, and its failures are its own."""
        return replace(self, pacing=replace(self.pacing, waits=()))

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history`` says. Where the source is down, what is stored, with a note that says so.

        Raises:
            SymbolEnded: the symbol was known, and is no more.
        """
        wanted = last_session(until, self.now())
        stored = self.store.load(symbol)
        notes: list[Finding] = []
        if stored is None or missing_sessions(stored.sessions, wanted):
            try:
                self._fetch(symbol, stored, wanted)
            except (PricesUnavailable, BadPrices, UnknownSymbol) as error:
                if stored is None:
                    raise
                self._raise_if_ended(symbol, error)
                notes.append(_fallen_back(symbol, stored, error))
            else:
                stored = self.store.load(symbol)
        assert stored is not None  # noqa: S101 - taken in just now, else an error was raised
        if not notes:
            require_complete(symbol, self.name, stored.sessions, wanted)
        history = _history(self.store, symbol, stored, wanted)
        return replace(history, findings=(*history.findings, *notes))

    def update(self, symbol: Symbol, until: date) -> Taken | None:
        """Fetch what the store lacks until ``until``; None where it lacks nothing.

        Raises:
            PricesError, UnknownSymbol: the source gave nothing that can be taken in, or not all of it. What it gave
                is kept.
        """
        wanted = last_session(until, self.now())
        stored = self.store.load(symbol)
        if stored is not None and not missing_sessions(stored.sessions, wanted):
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
        if stored is None:
            fetched = self._ask(symbol, None, wanted)
        else:
            fetched = self._ask(symbol, stored.sessions[-OVERLAP:][0].date(), wanted)
            if contradicts(stored, fetched):
                fetched = self._ask(symbol, None, wanted)
        taken = self.store.take_in(symbol, fetched, self.now())
        if taken.instead_of is not None:
            changed = ", ".join(
                f"{what}: {how}" for what, how in taken.instead_of.differences(fetched.security).items()
            )
            log.warning("%s means another security now (%s). Its history starts anew.", symbol, changed)
        revised = taken.merge.revised.index
        for session in revised[-_TOLD:]:
            log.warning("%s: %s says otherwise about %s than it did.", symbol, self.name, session.date())
        if len(revised) > _TOLD:
            log.warning("%s: and about %d sessions before. All are kept.", symbol, len(revised) - _TOLD)
        return taken

    def _ask(self, symbol: Symbol, since: date | None, wanted: date) -> Fetched:
        return self.pacing.call(lambda: self.fetcher.fetch(symbol, since, wanted))

    def _raise_if_ended(self, symbol: Symbol, error: Exception) -> None:
        """One answer that knows no such symbol proves little; days of them, while the control symbol works, do."""
        if not isinstance(error, UnknownSymbol) or not self._source_works(symbol):
            return
        now = self.now()
        since = self.store.mark_unknown(symbol, now)
        if now - since >= ENDED_FOR:
            raise SymbolEnded(
                f"{symbol} has been unknown to {self.name} since {since:%Y-%m-%d}, so it is no longer traded under "
                "this symbol. Take it from the lists, or name its successor."
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
    """A PriceSource of what is stored, as it is now or was known at a moment.

    Attributes:
        known_at: the moment, aware; None for now.
    """

    store: PriceStore
    known_at: datetime | None = None

    @property
    def name(self) -> str:
        return self.store.source

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history`` says."""
        stored = self.store.load(symbol, self.known_at)
        if stored is None:
            raise UnknownSymbol(symbol, self.store.symbols())
        return _history(self.store, symbol, stored, until)


def _history(store: PriceStore, symbol: Symbol, stored: Stored, until: date) -> PriceHistory:
    history = sound_history(symbol, store.source, stored.frame, until, stored.security.currency)
    securities = store.securities(symbol)
    notes: tuple[Finding, ...] = ()
    if len(securities) > 1:
        changed = securities[-2].differences(securities[-1])
        notes = (Finding(symbol, history.sessions[0].date(), "another security", "noted", changed),)
    return replace(history, findings=(*history.findings, *notes), security=stored.security)


def _fallen_back(symbol: Symbol, stored: Stored, error: Exception) -> Finding:
    log.warning("%s Stored prices until %s serve instead.", error, stored.sessions[-1].date())
    return Finding(symbol, stored.sessions[-1].date(), "stored prices", "noted", {"reason": str(error)})
