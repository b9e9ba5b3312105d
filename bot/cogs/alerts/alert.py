"""What a member wants to be notified of, and how far the notice got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import Row

from bot.cogs.alerts.crossing import Kind, holds
from bot.cogs.alerts.mix_index import HeldMix
from bot.delivery import is_given_up, nonce
from bot.storage.schema import StoredAlert
from forecasting import ForecastReport, Symbol, currency_of

Way = Literal["direct", "channel"]
"""How a member is notified: by direct message, or in the channel where the alert was set."""

AlertState = Literal["quiet", "owed", "sending", "sent", "failed", "unknown", "lost", "refused"]
"""How far the notice of an alert's last crossing got: no crossing so far (``quiet``), not sent yet (``owed``), or a
state of ``bot.delivery``."""

AlertProblem = Literal["direct closed", "channel forbidden", "channel gone"]


@dataclass(frozen=True)
class Place:
    """Where a member asked: the channel, and its server if it has one."""

    channel_id: int
    server_id: int | None


@dataclass(frozen=True)
class Alert:
    """What a member wants to be notified of.

    Attributes:
        symbol: of a portfolio its first ETF.
        level: the price of ``above`` and ``below``, in the newest report's prices; of a portfolio in points.
        currency: of its prices, as a report names it.
        until: last session of the band of ``band``.
        state, crossed_on, crossed_at: how far the notice of the last crossing got, and the crossing's session and
            close; without a close the notice says that the price is in doubt (``crossing.split_ratio``).
        problem: why the member could not be notified.
        attempts: to send that notice.
        unsure: when an earlier attempt was made that may have arrived; set while another one begins.
        repeats: whether one may have arrived and Discord knows its nonce; the same.
        language: of the notice, see ``bot.texts``.
        mix: the portfolio that it is about, if it is not about an ETF.
        checked: the last session whose close was compared with it.
    """

    id: int
    user_id: int
    place: Place
    symbol: Symbol
    kind: Kind
    way: Way
    level: float | None
    currency: str
    until: date | None
    state: AlertState
    crossed_on: date | None
    crossed_at: float | None
    tried_at: datetime | None
    problem: AlertProblem | None
    language: str = "en"
    attempts: int = 0
    unsure: datetime | None = None
    repeats: bool = False
    mix: HeldMix | None = None
    checked: date | None = None

    @property
    def is_given_up(self) -> bool:
        """Whether the notice of the last crossing failed for the last time."""
        return is_given_up(self)

    @property
    def nonce(self) -> str:
        """By which Discord knows a repeated post of the same crossing for the first one."""
        return nonce("alert", self.id, self.crossed_on)


def holds_now(alert: Alert, report: ForecastReport) -> bool:
    """Whether what a new alert waits for holds at the close from which it counts."""
    low, high = (alert.level, None) if alert.kind == "below" else (None, alert.level)
    return alert.kind != "band" and holds(alert.kind, report.last_close, low, high)


def alert_of(row: StoredAlert | Row[Any]) -> Alert:
    """The alert that a row of the database holds."""
    sessions: Sequence[str] = sorted(row.band or ())
    mix = None if row.mix is None else HeldMix.from_json(row.mix)
    symbol = Symbol(row.symbol) if mix is None else next(iter(mix.values))
    return Alert(
        id=row.id,
        user_id=row.user_id,
        place=Place(row.channel_id, row.server_id),
        symbol=symbol,
        kind=cast(Kind, row.kind),
        way=cast(Way, row.way),
        level=row.level,
        currency=row.currency or currency_of(symbol),
        until=date.fromisoformat(sessions[-1]) if sessions else None,
        state=cast(AlertState, row.state),
        crossed_on=row.crossed_on,
        crossed_at=row.crossed_at,
        tried_at=row.tried_at,
        problem=cast("AlertProblem | None", row.problem),
        language=row.language,
        attempts=row.attempts,
        mix=mix,
        checked=row.checked,
    )
