"""Hostile values for every option of every command, given to the real bot, and what must not come of them."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import Engine, event

from bot.texts import texts_for
from standin import Exchange, Member
from standin.client.lines import CHANNEL, INTEGER, NUMBER, STRING, SUBCOMMAND, SUBCOMMAND_GROUP, Client, Target
from standin.exchange import InteractionType
from tests.support.bot_env import WEDNESDAY, BotEnv

MARK: Final = "zq7"
"""In most values, so that they are known again in a statement to the database."""

_PARTS: Final = (
    *("@everyone", "@here", "<@&1>", "<@123456789012345678>", "<#1>", "</forecast:1>", "<t:0:R>", "<:a:1>"),
    *(
        "'",
        '"',
        "' OR 1=1 --",
        "'; DROP TABLE reports; --",
        "%",
        "_",
        "\\",
        "{0}",
        "{symbol}",
        "%s",
        "%(x)s",
        "${HOME}",
    ),
    *(
        "../../etc/passwd",
        "..\\..\\x",
        "/dev/zero",
        "C:\\",
        "CON",
        "file:///etc/passwd",
        "`id`",
        "$(id)",
        "; id",
        "|id",
    ),
    *(
        "--help",
        "-1",
        "--prices",
        "csv:/",
        "\0",
        "\x1b[31m",
        "\r\n",
        "\n",
        "\t",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ud83d",
    ),
    *("😀", "ﬀ", "İ", "ß", "٣", "𝟗", "é" * 3, "a\u0300" * 20, "[x](https://x.example)", "||", "```", "**", "> ", "# "),
    *(
        "NaN",
        "inf",
        "1e999",
        "-0",
        "0x10",
        "1_000",
        "9" * 40,
        "None",
        "null",
        "true",
        "[]",
        '{"a":1}',
        "<script>",
        "&amp;",
    ),
    *(",", ";", ",,,,", "SPY", "ARKK,SPY", "SPY.L", "BRK.B", "^VIX", "mon", "9:00", "Europe/Berlin", "0:0", "25:61"),
)


def seeded(seed: int) -> random.Random:
    """What chooses the values: the same seed gives the same ones."""
    return random.Random(seed)  # noqa: S311 - no secret


def hostile_text(rng: random.Random, least: int, most: int) -> str:
    """A text of ``least`` to ``most`` characters, as long as Discord's client would send it."""
    if rng.random() < 0.1:
        text = "".join(chr(rng.choice((rng.randrange(1, 0xD800), rng.randrange(0xE000, 0x110000)))) for _ in range(9))
    else:
        text = rng.choice(("", "", " ", "\n")).join(rng.choices(_PARTS, k=rng.randrange(1, 6)))
    if rng.random() < 0.05:
        text *= 200
    place = rng.randrange(len(text) + 1)
    text = (text[:place] + MARK + text[place:])[:most].replace("\ud83d", "?")
    return text.ljust(least, "x")


def hostile_number(rng: random.Random, option: dict[str, Any]) -> int | float:
    """A number that the option takes: mostly one at an end of what it takes."""
    least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
    if option["type"] == INTEGER:
        return rng.choice((least, most, min(most, max(least, 0)), rng.randrange(int(least), int(most) + 1)))
    number = rng.choice((least, most, 5e-324, 1e-9, 0.1 + 0.2, rng.uniform(least, most)))
    return float(min(max(number, least), most))


@dataclass(frozen=True)
class Probe:
    """An option that takes what a member types."""

    line: str
    option: str

    def __str__(self) -> str:
        return f"{self.line} {self.option}"


def probes(env: BotEnv) -> list[Probe]:
    """Every option with free text or a number, of every command that the admin sees."""
    return [
        Probe(line, option["name"])
        for command in env.discord.commands.in_channel(env.club.general, env.ann.user)
        if command["type"] == 1
        for line, leaf in _leaves(f"/{command['name']}", command)
        for option in leaf.get("options") or ()
        if option["type"] in (STRING, INTEGER, NUMBER) and not option.get("choices")
    ]


def _leaves(line: str, node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    steps = [option for option in node.get("options") or () if option["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)]
    if not steps:
        yield line, node
    for step in steps:
        yield from _leaves(f"{line} {step['name']}", step)


@dataclass
class Watched:
    """What went wrong while the bot was asked."""

    found: list[str]

    def look(self, exchange: Exchange) -> None:
        """At an answer: no unexpected failure, and nobody pinged."""
        unexpected = texts_for(None)("failure.unexpected", reference="").partition("`")[0]
        if unexpected in exchange.text:
            self.found.append(f"{exchange.data}: an unexpected failure")


class _Errors(logging.Handler):
    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            self._found.append(f"a traceback or an error is logged: {record.getMessage()[:300]}")


@contextmanager
def watched() -> Iterator[Watched]:
    """Look at logs and statements to the database until the block ends."""
    seen = Watched([])
    handler = _Errors(seen.found)

    def on_statement(_c: object, _k: object, statement: str, *_more: object) -> None:
        if MARK in statement.casefold():
            seen.found.append(f"what a member typed is part of a statement: {statement[:200]}")

    logging.getLogger().addHandler(handler)
    event.listen(Engine, "before_cursor_execute", on_statement)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", on_statement)
        logging.getLogger().removeHandler(handler)


def pings(env: BotEnv) -> list[str]:
    """The bodies among the remembered requests that may ping anybody."""
    return [
        f"{request.method} {request.path}: {allowed}"
        for request in env.discord.requests
        for allowed in _allowed(request.body)
        if allowed.get("parse") or allowed.get("roles") or allowed.get("users")
    ]


def _allowed(body: Any) -> Iterator[dict[str, Any]]:
    """What each message in a body may ping; one that has words and says nothing of it may ping all."""
    if isinstance(body, dict):
        data = body.get("data")
        message = data if isinstance(data, dict) else body
        if message.get("content") or message.get("embeds"):
            yield message.get("allowed_mentions", {"parse": ["all, since the message does not say"]})


_members = count()


async def probe(env: BotEnv, which: Probe, values: int, rng: random.Random, seen: Watched, at_once: int = 8) -> None:
    """Give an option so many hostile values, some at once, and look at what comes of each."""
    member = env.club.add_member(f"member{next(_members)}", manage_guild=True, administrator=True)
    env.clock.at = WEDNESDAY
    client = env.discord._client(env.club.general, member)
    target = client.find(which.line)
    env.discord.requests.clear()
    for start in range(0, values, at_once):
        asked = [_begin(env, client, target, which, rng, member) for _ in range(min(at_once, values - start))]
        for exchange in asked:
            await env.discord.wait(exchange)
            seen.look(exchange)
        seen.found += pings(env)
        env.discord.requests.clear()
        env.clock.at += timedelta(seconds=31)  # before anybody has asked too often


def _begin(env: BotEnv, client: Client, target: Target, which: Probe, rng: random.Random, member: Member) -> Exchange:
    resolved: dict[str, Any] = {}
    given = []
    for name, option in target.options.items():
        value: Any
        if name == which.option and option["type"] == STRING:
            value = hostile_text(rng, option.get("min_length") or 0, option.get("max_length") or 6000)
        elif name == which.option:
            value = hostile_number(rng, option)
        elif option.get("required"):
            value = client._value(option, _harmless(option), which.line, resolved)
        else:
            continue
        given.append({"name": name, "type": option["type"], "value": value})
    exchange = Exchange(which.line, env.club.general, member.user, env.discord.world.now())
    exchange.data = target.data(given, resolved)
    is_suggested = target.options[which.option].get("autocomplete") and rng.random() < 0.3
    if is_suggested:
        next(value for value in given if value["name"] == which.option)["focused"] = True
    env.discord._interact(exchange, InteractionType.AUTOCOMPLETE if is_suggested else InteractionType.COMMAND)
    return exchange


def _harmless(option: dict[str, Any]) -> str:
    if option.get("choices"):
        return str(option["choices"][0]["name"])
    return {CHANNEL: "#general", INTEGER: str(option.get("min_value", 1)), NUMBER: "3"}.get(option["type"], "SPY")
