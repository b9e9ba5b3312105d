"""``/privacy`` and ``/delete-data`` through the stand-in, and what becomes of a server that the bot has left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert

from bot.cogs.privacy.departures import KEPT_FOR, Departures
from bot.cogs.privacy.stored_data import StoredData, member_tables, server_tables
from bot.cogs.report.subscriptions import Subscriptions
from bot.cogs.watch.store import Watches
from bot.storage.schema import (
    StoredAlert,
    StoredDelivery,
    StoredDeparture,
    StoredOpsNote,
    StoredSubscription,
    StoredWatch,
)
from bot.texts import ORIGINAL
from forecasting import Symbol
from tests.support.bot_env import BotEnv

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


async def test_each_sees_and_deletes_their_own_after_a_second_look(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        empty = await env.ask("/privacy")
        nothing = await env.ask("/delete-data")
        await env.ask("/report here", env.ann)
        Watches(bot.engine).add(env.club.id, Symbol("TLT"), 5, env.clock())
        await env.ask("/alert add symbol:ARKK condition:above price:90")

        told = await env.ask("/privacy")
        asked = await env.ask("/delete-data mine")
        done = await env.discord.press(asked.message, "Delete permanently", env.bob)
        after = await env.ask("/privacy")

        refused = await env.ask("/delete-data whose:server")
        by_admin = await env.ask("/delete-data whose:server", env.ann)
        forged = await env.discord.press(by_admin.message, "Delete permanently", env.bob)
        assert Subscriptions(bot.engine).all_of(env.club.id)
        await env.discord.press(by_admin.message, "Delete permanently", env.ann)
        assert not Subscriptions(bot.engine).all_of(env.club.id)
        assert Watches(bot.engine).of(env.club.id) == ()
        direct = await env.discord.send(env.discord.direct(env.bob), env.bob.user, "/privacy")
        nowhere = await env.discord.send(env.discord.direct(env.bob), env.bob.user, "/delete-data whose:server")

    assert empty.message.text.count("Nothing is stored.") == 2
    assert "Nothing is stored about you." in nothing.message.content, "whatever is stored about the server"
    assert "Alerts: 1" in told.message.text
    assert "Settings of reports: 1" in told.message.text
    assert "ETFs followed now or earlier: 1" in told.message.text
    assert "Alerts: 1" in asked.message.text or "Deleted." in asked.message.text
    assert "Nothing is stored about you any more" in done.text
    assert "Alerts" not in after.message.text.split("About this server")[0].split("About you")[1]
    assert "you need the permission **Manage Server** in the server **Club**" in refused.message.content
    assert "you need the permission **Manage Server**" in forged.text
    assert all(exchange.ephemeral for exchange in (empty, told, asked, refused, by_admin, direct))
    assert "only works in a server" in nowhere.message.content


class TestBelongings:
    def fill(self, engine: Engine, server: int, *, way: str) -> None:
        alert = {
            "user_id": 7, "server_id": server, "channel_id": 1, "source": "csv", "symbol": "SPY", "kind": "above",
            "way": way, "level": 1.0, "base_session": NOW.date(), "base_close": 1.0, "checked": NOW.date(),
            "is_armed": True, "state": "quiet", "attempts": 0, "created_at": NOW,
        }  # fmt: skip
        report = {
            "channel_id": 1, "day": "sat", "at": "09:00", "zone": "UTC", "skips_weekend": False, "symbols": [],
            "is_paused": False, "since": NOW,
        }  # fmt: skip
        delivery = {"report": "weekly", "week": "2026-W47", "channel_id": 1, "state": "sent", "attempts": 1}
        with engine.begin() as connection:
            connection.execute(insert(StoredSubscription).values(server_id=server, **report))
            connection.execute(insert(StoredDelivery).values(server_id=server, tried_at=NOW, **delivery))
            connection.execute(insert(StoredWatch).values(server_id=server, symbol="TLT", since=NOW))
            note = {"problem": "x", "state": "sent", "nonce": "n", "told_at": NOW}
            connection.execute(insert(StoredOpsNote).values(server_id=server, **note))
            connection.execute(insert(StoredDeparture).values(server_id=server, left_at=NOW))
            connection.execute(insert(StoredAlert).values(**alert))

    def test_are_all_found_and_deleted_without_a_neighbours(self, engine: Engine) -> None:
        stored_data = StoredData(engine)
        for server in (1, 2):
            self.fill(engine, server, way="direct")
        before = stored_data.of_server(2)
        assert set(before) == {"subscriptions", "deliveries", "watches", "ops_notes", "departures"}
        stored_data.forget_server(1)
        assert stored_data.of_server(1) == {}
        assert stored_data.of_server(2) == before
        assert stored_data.of_member(7) == {"alerts": 2}
        assert stored_data.forget_member(7) == 2
        assert stored_data.of_member(7) == {}
        engine.dispose()

    def test_of_a_server_that_was_left_go_after_thirty_days(self, engine: Engine) -> None:
        stored_data, departures = StoredData(engine), Departures(engine)
        self.fill(engine, 1, way="channel")
        self.fill(engine, 2, way="direct")
        assert departures.delete_expired(NOW + KEPT_FOR - timedelta(seconds=1)) == 0
        assert stored_data.of_server(1)
        assert departures.delete_expired(NOW + KEPT_FOR) == 2
        assert stored_data.of_server(1) == {}
        assert stored_data.of_member(7) == {"alerts": 1}, "a direct message needs no server"
        engine.dispose()


async def test_the_bot_forgets_a_server_that_it_left_and_not_one_that_took_it_back(env: BotEnv) -> None:
    library = env.discord.add_guild("Library")
    librarian = library.add_member("librarian", manage_guild=True)
    bot = env.bot()
    async with env.discord.running(bot):
        for guild, admin in ((env.club, env.ann), (library, librarian)):
            await env.ask("/report here", admin, guild)
            Departures(bot.engine).leave(guild.id, env.clock())
        Departures(bot.engine).come_back(library.id)
        env.clock.at += KEPT_FOR - timedelta(hours=1)
        Departures(bot.engine).delete_expired(env.clock())
        assert Subscriptions(bot.engine).all_of(env.club.id)
        env.clock.at += timedelta(hours=2)
        for hook in bot.schedule.post_run:
            await hook()
        assert not Subscriptions(bot.engine).all_of(env.club.id)
        assert Subscriptions(bot.engine).all_of(library.id)


def test_every_table_with_an_owner_has_its_line() -> None:
    names = {table.name for table in (*server_tables(), *member_tables())}
    assert {"subscriptions", "deliveries", "watches", "alerts", "ops_channels"} <= names
    assert {f"privacy.table.{name}" for name in names} <= ORIGINAL.keys()
