"""The ETFs that are known here, in memory: what a member types is completed without asking the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from forecasting import Symbol, Universe

AGAIN_AFTER: Final = timedelta(minutes=1)
"""Pause between checks for ETFs that another program has trained."""


class KnownSymbols:
    """The universe, and beyond it the ETFs that have a forecast."""

    def __init__(
        self, universe: Universe, stored: Callable[[], Mapping[Symbol, str]], now: Callable[[], datetime]
    ) -> None:
        """``stored`` names the ETFs that have a forecast. It blocks on the database, and is called in a thread."""
        self._universe = universe
        self._stored = stored
        self._now = now
        self._known = universe
        self._renewed_at: datetime | None = None
        self._checks: set[asyncio.Task[None]] = set()

    def suggest(self, text: str) -> tuple[tuple[Symbol, str], ...]:
        """Ticker and name of the ETFs that ``text`` may be the beginning of, at most 25.

        If none matches, another program may have trained one meanwhile: the memory is renewed for the next letter.
        """
        found = tuple((symbol, self._known.name(symbol)) for symbol in self._known.search(text))
        if not found:
            self._look_again()
        return found

    def has(self, ticker: str) -> bool:
        """Whether it is the ticker of one of them, in any case and with or without ``$``."""
        return ticker.strip().lstrip("$").upper() in self._known.names

    def resolve(self, text: str, also: tuple[Symbol, ...]) -> Symbol:
        """The symbol that ``text`` means. Raises as ``Universe.resolve``."""
        return self._known.resolve(text, also)

    def met(self, symbol: Symbol) -> None:
        """Note that this ETF was shown. If the memory lacks it, it may lack others: they are looked up."""
        if symbol not in self._known.names:
            self._look_again()

    async def renew(self) -> None:
        """Learn which ETFs have been trained meanwhile, also by other programs."""
        self._renewed_at = self._now()
        stored = await asyncio.to_thread(self._stored)
        beyond = {symbol: name for symbol, name in stored.items() if symbol not in self._universe.names}
        self._known = Universe(MappingProxyType(dict(self._universe.names) | beyond))

    def _look_again(self) -> None:
        """Renew the memory in the background, at most once a minute."""
        if self._renewed_at is not None and self._now() - self._renewed_at < AGAIN_AFTER:
            return
        check = asyncio.create_task(self.renew())
        self._checks.add(check)
        check.add_done_callback(self._checks.discard)
