"""``/odds``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.odds": "How likely an ETF closes above or below a price on a day, or reaches it before",
    "option.odds.price": "The price, in the ETF's currency",
    "option.odds.by": "By when: a date such as 2027-01-15, or trading days from 1 to 60 (default: 60)",
    "odds.title": "{symbol}: the odds of {price}",
    "odds.head": "Last close **{close}**, as of {session}. The price asked for is {change} from there.",
    "odds.at": "In {count} trading days",
    "odds.at.one": "In 1 trading day",
    "odds.closes": "{session}\nCloses above: **{above}**\nCloses below: **{below}**",
    "odds.until": "Until then",
    "odds.rises_to": "Closes at {price} or higher at least once: **{odds}**\n(closing prices only, not within the day)",
    "odds.falls_to": "Closes at {price} or lower at least once: **{odds}**\n(closing prices only, not within the day)",
    "odds.alt": (
        "Chart of the forecast with a line at the price. {title}, as of {as_of} (last close {close}). On {session}: "
        "closes above {above}, closes below {below}. Until then: {until}."
    ),
    "odds.no_date": (
        "“{text}” is neither a date nor a number of trading days. Write a date as `2027-01-15`, or a number such as "
        "`20`."
    ),
    "odds.out_of_reach": (
        "The forecast reaches from {first} to {last}. Choose a date between them, or 1 to {sessions} trading days."
    ),
}
