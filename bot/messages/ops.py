"""What operators read: the post in their channel, and the answers to ``/ops``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.guilds import Problem
from bot.messages.formats import AMBER, BLUE, fitting, shortened
from bot.opschannels import OpsChannel
from bot.troubles import Trouble, TroubleKind

HEADINGS: Final[dict[TroubleKind, str]] = {
    "job": "Jobs that failed",
    "stale": "Stale prices",
    "security": "Another security",
    "prices": "Prices left out",
    "model": "New models not taken",
    "report": "Weekly report not posted",
    "record": "Forecasts below what was promised",
}

ADVICE: Final[dict[TroubleKind, str]] = {"prices": "`etf-forecast prices check` names every one."}
"""A last line under some headings."""

MAX_FIELD: Final = 720
"""Characters: one such field of each kind fits into an embed with what stands around them."""

MAX_SENTENCE: Final = 600
"""Characters: the longest names of securities leave room for what to do, and for the number of what does not fit."""

WHAT_IS_TOLD: Final = (
    "failed jobs, stale prices, symbols that mean another security or have ended, prices that were left out, "
    "new models that were not taken, and a weekly report that could not be posted here"
)

PROBLEMS: Final[dict[Problem, str]] = {
    "forbidden": "Discord says that I may not post there, so I stopped trying. Let me view the channel, send messages "
    "and embed links there, then use `/ops channel` again.",
    "gone": "The channel is gone, so I stopped trying. Use `/ops channel` with another one.",
}


def troubles_embed(troubles: Sequence[Trouble]) -> discord.Embed:
    """What is wrong, by kind; what does not fit is counted."""
    embed = discord.Embed(title="For the operators", colour=AMBER)
    for kind, heading in HEADINGS.items():
        sentences = [shortened(trouble.sentence, MAX_SENTENCE) for trouble in troubles if trouble.kind == kind]
        if sentences:
            advice = f"\n{ADVICE[kind]}" if kind in ADVICE else ""
            embed.add_field(name=heading, value=fitting(sentences, MAX_FIELD - len(advice)) + advice, inline=False)
    return embed.set_footer(text="Each of these is told once, and again when it comes back. /ops off ends it.")


def ops_set(channel_id: int) -> str:
    return (
        f"What goes wrong is told in <#{channel_id}> from now on, within five minutes, each thing once: {WHAT_IS_TOLD}."
    )


def ops_off(was_on: bool) -> str:
    return "Nothing is told here any more." if was_on else "No channel of this server is told what goes wrong anyway."


def ops_status(channel: OpsChannel | None, troubles: Sequence[Trouble]) -> discord.Embed:
    """Where it is told, and all that is wrong now, told or not."""
    if channel is None:
        where = f"No channel is told. `/ops channel` names one for {WHAT_IS_TOLD}."
    elif channel.problem is not None:
        where = f"What goes wrong should be told in <#{channel.channel_id}>. {PROBLEMS[channel.problem]}"
    else:
        where = f"What goes wrong is told in <#{channel.channel_id}>."
    embed = troubles_embed(troubles)
    embed.title = "What is wrong now" if troubles else "Nothing is wrong now"
    embed.colour = AMBER if troubles else BLUE
    embed.description = where
    return embed.remove_footer()
