"""``/servers`` and the servers that the bot does not stay in, through the stand-in."""

from __future__ import annotations

import pytest

from bot.cogs.report.subscriptions import Subscriptions
from standin import Fault, Guild, Message
from tests.support.bot_env import BotEnv, posts

GONE = "lets it work only in certain servers"


async def farewell(env: BotEnv, guild: Guild) -> list[Message]:
    """What was said in a server by the time the bot has left it."""
    await env.discord.world.changes.until(lambda: not guild.has_bot, 10)
    return posts(guild)


async def test_the_owner_sees_every_server_and_what_it_uses_and_can_leave_one(env: BotEnv) -> None:
    library = env.discord.add_guild("Library **quiet**")
    owner = env.club.add_member("owner", administrator=True)
    bot = env.bot()
    bot.owner_id = owner.id
    async with env.discord.running(bot):
        for line in ("/report here", "/report set #general day:all time:19 timezone:Berlin", "/watch add TLT"):
            env.publish(("TLT",))
            await env.ask(line, env.ann)
        await env.ask("/alert add SPY condition:above price:900", env.ann)
        listed = await env.ask("/servers", owner)
        offered = await env.discord.autocomplete(env.club.general, owner, "/servers leave:lib", "leave")
        unknown = await env.ask("/servers leave:7", owner)
        left = await env.ask(f"/servers leave:{library.id}", owner)
        kept = Subscriptions(bot.engine).all()
    assert listed.ephemeral
    assert "2 servers" in listed.text
    assert f"**Club** ({env.club.id}) · members 4 · own ETFs 1 · reports 2 · alerts 1" in listed.text
    assert f"({library.id}) · members 1 · own ETFs 0 · reports 0 · alerts 0" in listed.text
    assert "\\*\\*quiet\\*\\*" in listed.text
    assert [choice["value"] for choice in offered] == [str(library.id)]
    assert "I'm not in a server “7”" in unknown.text
    assert "I left the server" in left.text
    assert not library.has_bot
    assert env.club.has_bot
    assert len(kept) == 2


async def test_nobody_else_is_told_of_other_servers(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        hidden = await env.ask("/servers", env.ann)
        env.let_everybody_use("servers")
        refused = await env.ask("/servers", env.ann)
        offered = await env.discord.autocomplete(env.club.general, env.ann, "/servers leave:c", "leave")
    assert hidden.refused, "Discord offers it to administrators only"
    assert "only for the bot's owner" in refused.text
    assert offered == []


async def test_the_bot_leaves_servers_that_are_not_allowed_and_says_so_once(
    env: BotEnv, caplog: pytest.LogCaptureFixture
) -> None:
    other = env.discord.add_guild("Other")
    other.locale = "de"
    async with env.discord.running(env.bot(allowed_servers={env.club.id})):
        (message,) = await farewell(env, other)
        late = env.discord.add_guild("Late")  # an invitation while it runs
        assert GONE in (await farewell(env, late))[0].text
        assert env.club.has_bot
        assert posts(env.club) == []
    assert "lässt ihn nur auf bestimmten Servern arbeiten" in message.text
    assert f"Leaving the server {other.id} ('Other'): ALLOWED_SERVERS does not name it" in caplog.text


async def test_where_it_may_not_write_it_leaves_in_silence_and_where_discord_fails_it_tries_again(env: BotEnv) -> None:
    mute, failing = env.discord.add_guild("Mute"), env.discord.add_guild("Failing")
    mute.general.set_permissions(mute.bot, send_messages=False)
    env.discord.faults.append(Fault("DELETE", rf"/users/@me/guilds/{failing.id}", 400))
    bot = env.bot(allowed_servers={env.club.id})
    async with env.discord.running(bot):
        assert await farewell(env, mute) == []
        await env.discord.world.changes.until(lambda: not env.discord.faults[0].times, 10)
        assert failing.has_bot
        await bot.get_cog("ServersCog").on_ready()  # type: ignore[union-attr]
        assert len(await farewell(env, failing)) == 1


async def test_without_the_setting_it_stays_everywhere(env: BotEnv) -> None:
    other = env.discord.add_guild("Other")
    async with env.discord.running(env.bot()):
        await env.ask("/help", env.ann)
    assert other.has_bot
