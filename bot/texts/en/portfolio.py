"""``/portfolio`` and ``/portfolios``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.portfolio": "Forecast of two to six ETFs held together: SPY:60 TLT:40",
    "option.portfolio.mix": "ETFs with their weights or amounts, such as SPY:60 TLT:40, or a saved portfolio's name",
    "option.portfolio.name": "A name of your own",
    "option.portfolio.saved": "Name of a saved portfolio",
    "command.portfolios": "Your saved portfolios",
    "command.portfolios.save": "Save a portfolio under a name, for /portfolio, reports and alerts",
    "command.portfolios.list": "List your saved portfolios",
    "command.portfolios.remove": "Delete a saved portfolio",
    "portfolio.title": "Portfolio: {parts}",
    "portfolio.basis": "Change in value if bought at these closes and held.",
    "portfolio.ahead": (
        "Median **{median}**\n80% range: {range80}\n95% range: {range95}\nChance of a loss: **{odds}**"
    ),
    "portfolio.range": "{low} to {high}",
    "portfolio.as_one": "As if it were one ETF",
    "portfolio.as_one_range": "From the portfolio's own past alone, 80% range in {sessions} trading days: {range80}",
    "portfolio.parts": "Worst {worst} of outcomes in {sessions} trading days: {mean} on average",
    "portfolio.part": "**{symbol}**: {weight} of the value, {loss} of that loss",
    "portfolio.no_loss": "Even these outcomes show no loss.",
    "portfolio.alt": (
        "Chart of the portfolio {parts}: its past value and its forecast with 50%, 80% and 95% bands. "
        "{ahead} {as_one}. {title}: {losses}."
    ),
    "portfolio.in_report": (
        "**{name}** ({parts}), if bought now and held for {sessions} trading days: median **{median}**, 80% range "
        "{range80}, chance of a loss **{odds}**. Made from its ETFs' forecasts and not scored on its own."
    ),
    "portfolio.not_in_report": "**{name}** ({parts}): no forecast this time. {why}",
    "portfolio.unreadable": (
        "I can't read “{text}”. Write each ETF with its weight or amount, such as `SPY:60 TLT:40`, and large numbers "
        "without separators: `6000`."
    ),
    "portfolio.twice": "{symbol} is listed twice. Name each ETF once.",
    "portfolio.bad_weight": "The weight of {symbol} must be a number above 0.",
    "portfolio.wrong_number": "Name {fewest} to {most} different ETFs with their weights, such as `SPY:60 TLT:40`.",
    "portfolio.currencies": (
        "These ETFs are priced in different currencies ({facts}), and I don't forecast exchange rates. Choose ETFs "
        "with one currency."
    ),
    "portfolio.days": (
        "The forecasts of these ETFs are of different days: {facts}. Try again after the next refresh, or leave out "
        "the older ones."
    ),
    "portfolio.saved": "Saved: **{name}** ({parts}). `/portfolio` with that name shows it.",
    "portfolio.replaced": "Saved: **{name}** is now {parts}. It replaced the portfolio that had this name.",
    "portfolio.too_many": (
        "You already have {most} saved portfolios, the maximum. Remove one with `/portfolios remove`."
    ),
    "portfolio.bad_name": "“{name}” can't be used: a name must not contain `:`, `=`, `,`, `;` or `%`.",
    "portfolio.unknown": "You have no saved portfolio called “{name}”. `/portfolios list` shows yours.",
    "portfolio.removed": "Removed: **{name}**. Reports and alerts that were set with it keep their own copy.",
    "portfolio.yours": "Your portfolios ({count} of {most})",
    "portfolio.none": "You have no saved portfolios. `/portfolios save` adds one.",
}
