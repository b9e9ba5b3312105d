"""The tables that the bot writes: what servers and members asked for, what they were sent, and the schedule's records.

Migrations make them (``migrations/``). Moments are aware and on the bot's own clock. A ``user_id`` makes a row a
member's, else a ``server_id`` a server's, see ``bot.cogs.privacy.stored_data``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Double, Index, MetaData, String, Text, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from forecasting import NAMING_CONVENTION, UtcDateTime


class Base(DeclarativeBase):
    """Parent of the bot's tables. They are in the same database and Alembic history as those of ``forecasting``."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class StoredSubscription(Base):
    """A report that a server asked for, and where."""

    __tablename__ = "subscriptions"

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default="1")
    """Of the server's reports."""
    channel_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[str] = mapped_column(String(3))
    """See ``bot.calendar.cadence.ReportDay``."""
    at: Mapped[str] = mapped_column(String(5))
    """``09:00`` on the wall clock of ``zone``."""
    zone: Mapped[str] = mapped_column(String(64))
    skips_weekend: Mapped[bool]
    role_id: Mapped[int | None] = mapped_column(BigInteger)
    symbols: Mapped[list[str]] = mapped_column(JSON)
    is_paused: Mapped[bool]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(16), index=True)
    """Why the channel is no longer tried, see ``bot.delivery.ChannelProblem``."""
    language: Mapped[str | None] = mapped_column(String(8))
    """As ``bot.texts`` names languages; none: the server's."""
    publishes: Mapped[bool] = mapped_column(server_default=false())
    """Whether a post in an announcement channel goes to the channels that follow it."""
    mix: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Name and parts of a portfolio, as in ``mixes``: a copy from when the report was set."""
    next_due: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When its first report that is not settled is due, or earlier; none while it is not active. Written by the
    schedule, see ``bot.cogs.report.due.next_due``."""


class StoredDeparture(Base):
    """A server that the bot left, or was made to leave. What it asked for is kept for a while."""

    __tablename__ = "departures"

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredWatch(Base):
    """An ETF that a server follows, or followed until ``ended_at``."""

    __tablename__ = "watches"

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StoredDelivery(Base):
    """What a server's report says of one period: written before it is posted, and again after."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_state_tried_at", "state", "tried_at"),)

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    report: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Number of the server's report, as text."""
    week: Mapped[str] = mapped_column(String(10), primary_key=True)
    """ISO week of the due time in the server's zone, ``2026-W48``; of a daily report the session, ``2026-11-27``; of a
    monthly one the month, ``2026-12``."""
    channel_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(BigInteger)


class StoredScheduledRun(Base):
    """A job that the schedule owed at ``due_at``, and how far it got with it."""

    __tablename__ = "scheduled_runs"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    task: Mapped[str] = mapped_column(String(16), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failed: Mapped[list[str]] = mapped_column(JSON)
    """Symbols that are still to be done, or could not be."""
    problem: Mapped[str | None] = mapped_column(Text)


class StoredCommands(Base):
    """The commands that Discord last got from this application."""

    __tablename__ = "synced_commands"

    application_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tree_hash: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredOpsChannel(Base):
    """A server's channel for problem reports."""

    __tablename__ = "ops_channels"

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(16))
    """Why the channel is no longer tried, see ``bot.delivery.ChannelProblem``."""


class StoredOpsNote(Base):
    """A problem that was reported in a server, while it lasts: marked before the post, and after."""

    __tablename__ = "ops_notes"

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    problem: Mapped[str] = mapped_column("trouble", String(32), primary_key=True)
    """``bot.cogs.ops.problems.Problem.key``"""
    state: Mapped[str] = mapped_column(String(16))
    nonce: Mapped[str] = mapped_column(String(25))
    """Of the post that reports it, perhaps with others."""
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredMix(Base):
    """A portfolio that a member saved, see ``bot.cogs.portfolio.store``."""

    __tablename__ = "mixes"

    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    parts: Mapped[list[tuple[str, float]]] = mapped_column(JSON)
    """Symbols and weights, in the order typed."""
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredAlert(Base):
    """An alert of a member, see ``bot.cogs.alerts.alert``.

    Prices are in the newest report's that met it.
    """

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_to_meet", "source", "symbol", "checked"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, index=True)
    server_id: Mapped[int | None] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(16))
    symbol: Mapped[str] = mapped_column(String(16))
    """Empty if it is about a portfolio."""
    kind: Mapped[str] = mapped_column(String(8))
    way: Mapped[str] = mapped_column(String(8))
    level: Mapped[float | None] = mapped_column(Double)
    band: Mapped[dict[str, list[float]] | None] = mapped_column(JSON)
    """Low and high of each coming session, in prices of ``base_session``."""
    currency: Mapped[str | None] = mapped_column(String(8))
    """Of all its prices: the newest report's that met it. None in alerts of an older program that met none since."""
    base_session: Mapped[date]
    base_close: Mapped[float] = mapped_column(Double)
    checked: Mapped[date]
    """The last session whose close it met."""
    is_armed: Mapped[bool]
    """Whether the next crossing counts: the close was on the other side."""
    state: Mapped[str] = mapped_column(String(8))
    crossed_on: Mapped[date | None]
    crossed_at: Mapped[float | None] = mapped_column(Double)
    attempts: Mapped[int]
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    """Language of the member who set it, as ``bot.texts`` names languages."""
    mix: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The portfolio that it is about, see ``bot.cogs.alerts.mix_index``; none if it is about an ETF."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
