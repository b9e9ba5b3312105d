"""What members type and servers are called, in every refusal that repeats it."""

from __future__ import annotations

import pytest

from tests.support.bot_env import BotEnv

HOSTILE = "`[x](https://evil.example)` @everyone <@&1>\u202e**"
AS_TEXT = r"\`\[x\](https:\//evil.example)\` \@everyone \<\@&1\>(U+202E)\*\*"


@pytest.mark.parametrize(
    "line",
    [
        '/forecast symbol:"{text}"',
        '/scores symbol:"{text}"',
        '/track symbol:"{text}"',
        '/model symbol:"{text}"',
        '/compare symbols:"ARKK,{text}"',
        '/alert add symbol:"{text}" condition:above price:3',
        '/watch add symbol:"{text}"',
        '/watch remove symbol:"{text}"',
        '/report set #general day:mon time:9 timezone:"{text}"',
        '/report set #general day:mon time:9 timezone:UTC symbols:"{text}"',
    ],
)
async def test_what_was_typed_is_text_in_the_refusal(env: BotEnv, line: str) -> None:
    async with env.discord.running(env.bot()):
        refused = await env.ask(line.format(text=HOSTILE), env.ann)
    assert AS_TEXT in refused.text


@pytest.mark.parametrize("command", ["retrain", "watch"])
async def test_a_servers_name_is_text(env: BotEnv, command: str) -> None:
    env.club.name = HOSTILE
    async with env.discord.running(env.bot()):
        env.let_everybody_use(command)
        refused = await env.ask("/retrain SPY" if command == "retrain" else "/watch list")
    assert AS_TEXT in refused.text
