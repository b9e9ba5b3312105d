"""The words of pictures, and how numbers, amounts and dates are written. Loads neither numpy nor matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from forecasting.models import MODELS, POSTED
from forecasting.prices.sources import registry
from forecasting.report import ForecastReport, currency_sign, price_figure

REFERENCE: Final = "random_walk"

PICTURE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "picture.months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "picture.day": "{day} {month}",
        "picture.date": "{day} {month} {year}",
        "picture.from_to": "{first} to {last}",
        "picture.source": "{name} prices",
        "picture.foot": "{prices}, dividends reinvested. {advice}",
        "picture.advice": "Not investment advice.",
        "picture.median": "median",
        "picture.forecast.ahead": "{sessions} trading days ahead, as of {as_of} (trained {trained})",
        "picture.forecast.on": "on {date}",
        "picture.forecast.last_close": "last close",
        "picture.forecast.asked": "{price}, the price asked for",
        "picture.forecast.flat": "The median moves little beside the bands, and they are what matters.",
        "picture.bands": "Closes that should fall inside each band:",
        "picture.band95": "{share}: 19 in 20",
        "picture.band80": "{share}: 8 in 10",
        "picture.band50": "{share}: half of them",
        "picture.compare.title": "{count} ETFs compared",
        "picture.compare.ahead": "{level}% ranges over {sessions} trading days, change from the last close",
        "picture.compare.lines": "Each ETF has two lines: 8 in 10 closes should fall between them.",
        "picture.compare.today": "today",
        "picture.compare.correlation": "correlation of daily returns, past year",
        "picture.as_of": "As of {date}",
        "picture.overview.title": "{sessions} trading days ahead",
        "picture.overview.change": "Change of each ETF from its own last close",
        "picture.overview.half": "half of outcomes",
        "picture.overview.most": "{share} of outcomes",
        "picture.portfolio.title": "Portfolio",
        "picture.portfolio.ahead": "{sessions} trading days ahead, as of {as_of}, change in value",
        "picture.portfolio.as_one": "{level}% range as if it were one ETF",
        "picture.portfolio.shares": (
            "Each ETF's share of today's value and of the loss in the worst {share} of outcomes (mean {mean}):"
        ),
        "picture.portfolio.of_value": "of today's value",
        "picture.portfolio.of_losses": "of the worst losses",
        "picture.scores.title": "Skill of past forecasts",
        "picture.scores.none": "No ETF has scores yet: a backtest needs three years of prices.",
        "picture.scores.skill": (
            "Skill: how much smaller the average error (MAE) over 60 trading days was than that of “no change”, which "
            "says that the price stays where it is. Right of 0 is better. The line through a dot shows how much "
            "luck with the test dates may change it (two standard errors)."
        ),
        "picture.scores.only": "{model} only, the forecast that is posted.",
        "picture.scores.few": "A dot without a line: there are too few test dates to tell.",
        "picture.scores.first": "The first {shown} of {count} ETFs.",
        "picture.scores.missing": "Not scored yet: {symbols}.",
        "picture.scores.worse": "worse",
        "picture.scores.better": "better",
        "picture.scores.basis": "{count} test dates, {first} to {last}",
        "picture.scores.basis.one": "{count} test date, {first} to {last}",
        "picture.scores.unknown": "n/a",
        "picture.track.live": "Past forecasts and what happened until {date}",
        "picture.track.replayed": "Forecasts replayed on past prices and what happened until {date}",
        "picture.track.these": (
            "These {drawn} do not overlap: {inside} of {met} closes inside the {level}% band ({share})."
        ),
        "picture.track.these.one": "This one: {inside} of {met} closes inside the {level}% band ({share}).",
        "picture.track.all": "All {issued} forecasts that the table counts: {inside} of {met} ({share}).",
        "picture.track.band": "{level}% band",
        "picture.track.closes": "actual closes",
        "picture.track.dots": "Each forecast was made at its dot, without seeing what followed.",
        "picture.track.calibration": "What the bands said, and what happened",
        "picture.track.bars": (
            "Bar: the share of closes that should be inside the band. Dot: the share that was, and the line "
            "through it its {level}% interval. A band may be right as long as that line reaches the bar."
        ),
        "picture.track.group": "{sessions} trading days ahead: {count} forecasts that do not overlap",
        "picture.track.said": "said {said}, was {was}",
        "picture.track.short": "{count} for {sessions}",
        "picture.track.missing": (
            "The bands are compared once there are {fewest} forecasts that do not overlap; so far {short} trading days."
        ),
        **{f"picture.source.{name}": source.label for name, source in registry.SOURCES.items()},
        **{
            f"picture.means.{name}": (
                f"{model.label[0].upper()}{model.label[1:]}: {model.description[0].lower()}{model.description[1:]}"
            )
            for name, model in MODELS.items()
            if name not in (POSTED, REFERENCE)
        },
    }
)
"""Every text of a picture, in English, by its key. Placeholders are filled by ``Words``."""

_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "number.point": ".",
        "number.thousands": ",",
        "percent": "{number}%",
        "price.sign": "{sign}{figure}",
        "price.code": "{sign} {figure}",
        "price.pence": "{figure}p",
        **{f"model.{name}": model.label for name, model in MODELS.items()},
    }
)


@dataclass(frozen=True)
class Words:
    """The words of one language; what ``texts`` lack is English.

    Attributes:
        texts: by the keys of PICTURE_WORDS, and by those that every language's numbers and models have, such as
            ``number.point``, ``percent``, ``price.sign`` and ``model.har``.
    """

    texts: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, key: str, **facts: object) -> str:
        """The text of ``key`` with its placeholders filled. Raises KeyError if no language has it."""
        return (self.texts.get(key) or PICTURE_WORDS.get(key) or _FORMS[key]).format(**facts)

    def number(self, figure: str) -> str:
        """A figure in its English form, such as ``1,234.5``, as this language writes it."""
        return figure.translate({ord(","): self("number.thousands"), ord("."): self("number.point")})

    def percent(self, value: float, decimals: int) -> str:
        """``+6.2%`` or ``−6.2%``: a change with its sign; 0 has none."""
        rounded = round(value, decimals)
        sign = "−" if rounded < 0 else "+" if rounded > 0 else ""
        return self("percent", number=self.number(f"{sign}{abs(rounded):,.{decimals}f}"))

    def share(self, fraction: float) -> str:
        """``80%`` for 0.8."""
        return self("percent", number=f"{fraction:.0%}"[:-1].replace("-", "−"))

    def money(self, amount: float, currency: str) -> str:
        """An amount with its currency: two decimals, none from 100,000 on, three significant digits below 1."""
        return self.priced(f"{amount:,.0f}" if amount >= 100_000 else price_figure(amount), currency)

    def priced(self, figure: str, currency: str) -> str:
        """A figure in its English form with its currency: ``$12.30``, ``CHF 12.30``, ``1,230.00p`` for pence (GBp)."""
        sign, written = currency_sign(currency), self.number(figure)
        if currency == "GBp":
            return self("price.pence", figure=written)
        return self("price.code" if sign == currency else "price.sign", sign=sign, figure=written)

    def month(self, when: date) -> str:
        """``Dec``. Not strftime's, which would follow the operator's locale."""
        return self("picture.months").split()[when.month - 1]

    def day(self, when: date) -> str:
        """``31 Dec``"""
        return self("picture.day", day=when.day, month=self.month(when))

    def date(self, when: date) -> str:
        """``31 Dec 2024``: the same to readers on both sides of the Atlantic."""
        return self("picture.date", day=when.day, month=self.month(when), year=when.year)

    def as_of(self, reports: Sequence[ForecastReport]) -> str:
        """``31 Dec 2024``, or ``30 Dec 2024 to 31 Dec 2024`` if the reports differ."""
        oldest, newest = min(report.as_of for report in reports), max(report.as_of for report in reports)
        if oldest == newest:
            return self.date(newest)
        return self("picture.from_to", first=self.date(oldest), last=self.date(newest))


ENGLISH: Final = Words()
