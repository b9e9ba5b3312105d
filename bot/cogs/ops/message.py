"""The post in the operators' channel, and the answers to ``/ops``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.cogs.ops.channels import OpsChannel
from bot.cogs.ops.problems import Problem, ProblemKind
from bot.interactions.formats import AMBER, BLUE, answer_embed, fitting, shortened
from bot.texts import Texts

KINDS: Final[tuple[ProblemKind, ...]] = ("job", "stale", "security", "prices", "model", "report", "record")
"""In the order in which they are shown."""

WITH_ADVICE: Final[tuple[ProblemKind, ...]] = ("prices",)
"""Those that end with a line about what to do."""

MAX_FIELD: Final = 720
"""Characters: an embed has room for one such field of each kind."""

MAX_SENTENCE: Final = 600
"""Characters: leaves room for the advice, and for the number of sentences that do not fit."""


def problems_embed(texts: Texts, problems: Sequence[Problem]) -> discord.Embed:
    """Problems by kind; those that do not fit are counted."""
    embed = answer_embed(texts("ops.title"), warns=True, footer=texts("ops.footer"))
    for kind in KINDS:
        sentences = [
            shortened(texts.said(problem.sentence), MAX_SENTENCE) for problem in problems if problem.kind == kind
        ]
        if sentences:
            advice = "\n" + texts(f"ops.advice_{kind}") if kind in WITH_ADVICE else ""
            shown = fitting(texts, sentences, MAX_FIELD - len(advice)) + advice
            embed.add_field(name=texts(f"ops.{kind}"), value=shown, inline=False)
    return embed


def ops_problems(texts: Texts, problems: Sequence[Problem]) -> discord.Embed:
    """All current problems, reported or not."""
    embed = problems_embed(texts, problems)
    embed.title = texts("ops.wrong" if problems else "ops.nothing_wrong")
    embed.colour = AMBER if problems else BLUE
    return embed.remove_footer()


def ops_place(texts: Texts, channel: OpsChannel | None) -> str:
    """Where they are reported, if anywhere."""
    if channel is None:
        return texts("ops.no_channel", what=texts("ops.what"))
    mention = f"<#{channel.channel_id}>"
    if channel.problem is not None:
        return texts("ops.channel_lost", channel=mention, problem=texts(f"ops.{channel.problem}"))
    return texts("ops.channel", channel=mention)
