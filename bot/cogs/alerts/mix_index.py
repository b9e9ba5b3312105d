"""A portfolio as an index: what an alert on a portfolio is compared with, in place of an ETF's closes.

The index is 100 at the close from which the alert counts. It is what the ETFs bought then are worth now, dividends
reinvested, so that neither splits nor dividends matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from bot.cogs.portfolio.store import SavedMix
from bot.storage.schema import StoredAlert
from forecasting import Close, ForecastReport, MixForecast, NoPastReturns, Step, Symbol, TooLittleInCommon

NO_ETF: Final = Symbol("")
"""In place of a ticker in the alerts about portfolios."""

SETTLED: Final = 60
"""Sessions after which sources no longer correct a close. The values count from that far back, since reports have about
a year of closes."""

MixForecaster = Callable[[Sequence[ForecastReport], Sequence[float]], MixForecast]
"""Blocks on the database."""


@dataclass(frozen=True)
class HeldMix:
    """A copy of a member's portfolio from when the alert was set.

    Attributes:
        since: the session at whose close the index was 100.
        base: the session whose closes the values count from.
        values: what each ETF is worth in it, in points of the index.
    """

    name: str
    since: date
    base: date
    values: Mapping[Symbol, float]

    @classmethod
    def of(cls, mix: SavedMix, session: date) -> HeldMix:
        total = sum(mix.weights.values())
        values = {symbol: 100 * weight / total for symbol, weight in mix.weights.items()}
        return cls(mix.name, session, session, values)

    def to_json(self) -> dict[str, Any]:
        """For the database; ``from_json`` gives it back."""
        dates = {"since": self.since.isoformat(), "base": self.base.isoformat()}
        return {"name": self.name, **dates, "values": list(self.values.items())}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> HeldMix:
        values = {Symbol(symbol): value for symbol, value in raw["values"]}
        return cls(raw["name"], date.fromisoformat(raw["since"]), date.fromisoformat(raw["base"]), values)


def met(row: StoredAlert, newest: Mapping[Symbol, ForecastReport], forecast: MixForecaster) -> ForecastReport | None:
    """The index after a session that the alert has not met, in the form of a report; brings the row's mix up to date.

    None while an ETF has no forecast or an older one, or if a new band is needed and there can be none.
    """
    held = HeldMix.from_json(row.mix or {})
    reports = [newest[symbol] for symbol in held.values if symbol in newest]
    days = {report.as_of for report in reports}
    if len(reports) < len(held.values) or len(days) > 1 or max(days) <= row.checked:
        return None
    held, index = index_of(held, reports)
    if row.kind == "band" and index.as_of.isoformat() not in (row.band or {}):
        try:
            index = with_forecast(index, held, reports, forecast)
        except (NoPastReturns, TooLittleInCommon):
            return None
    row.mix = held.to_json()
    return index


def index_of(held: HeldMix, reports: Sequence[ForecastReport]) -> tuple[HeldMix, ForecastReport]:
    """The index at the newest close of its ETFs' ``reports``, without a forecast, and the mix to keep.

    If no alert was checked for so long that the reports don't reach back, it is 100 at their first close.
    """
    closes = [{row.session: row.close for row in report.history} for report in reports]
    sessions = sorted(set.intersection(*map(set, closes)))
    if sessions[0] > held.base:
        held = HeldMix.of(SavedMix(held.name, held.values), sessions[0])
    base = max(session for session in sessions if session <= held.base)
    units = [value / known[base] for value, known in zip(held.values.values(), closes, strict=True)]

    def worth(session: date) -> list[float]:
        return [unit * known[session] for unit, known in zip(units, closes, strict=True)]

    history = tuple(Close(session, sum(worth(session))) for session in sessions)
    base = max(base, sessions[-SETTLED:][0])
    held = replace(held, base=base, values=dict(zip(held.values, worth(base), strict=True)))
    facts: dict[str, Any] = {"symbol": NO_ETF, "name": held.name, "last_close": history[-1].close, "history": history}
    return held, replace(reports[0], **facts, forecast=(), scores={}, notes=())


def with_forecast(
    index: ForecastReport, held: HeldMix, reports: Sequence[ForecastReport], forecast: MixForecaster
) -> ForecastReport:
    """The index with the forecast of what its ETFs are worth by now.

    Raises:
        NoPastReturns, TooLittleInCommon: as ``forecast_mix``.
    """
    base = [next(row.close for row in report.history if row.session == held.base) for report in reports]
    worth = [
        value * report.history[-1].close / then
        for value, report, then in zip(held.values.values(), reports, base, strict=True)
    ]
    mix = forecast(reports, worth)
    steps = zip(mix.sessions, mix.fan, strict=True)
    fan = tuple(
        Step(step, session, tuple(index.last_close * value for value in values))
        for step, (session, values) in enumerate(steps, 1)
    )
    return replace(index, forecast=fan)
