"""The answers to ``/privacy`` and ``/delete-data``, and the button that confirms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, Self, cast

import discord

from bot.interactions.formats import answer_embed
from bot.texts import Texts

Whose = Literal["mine", "server"]


def privacy_embed(texts: Texts, mine: Mapping[str, int], server: Mapping[str, int] | None) -> discord.Embed:
    """What is stored in general, about the member and about their server; ``server`` is None in direct messages."""
    embed = answer_embed(texts("privacy.title"), texts("privacy.what"))
    embed.add_field(name=texts("privacy.mine"), value=_counts(texts, mine), inline=False)
    if server is not None:
        embed.add_field(name=texts("privacy.server"), value=_counts(texts, server), inline=False)
    return embed.add_field(name=texts("privacy.how"), value=texts("privacy.delete"), inline=False)


def deletion(texts: Texts, whose: Whose, counts: Mapping[str, int]) -> str:
    """What the button will delete."""
    return texts(f"privacy.confirm_{whose}", what=_counts(texts, counts))


def _counts(texts: Texts, counts: Mapping[str, int]) -> str:
    lines = (texts(f"privacy.table.{table}", count=count) for table, count in counts.items())
    return "\n".join(lines) or texts("privacy.nothing")


class DeleteButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=re.compile("privacy:delete:(?P<whose>mine|server)")
):
    """Deletes for good. ``setup_hook`` registers the class, so that it works after a restart."""

    def __init__(self, whose: Whose, label: str = "") -> None:
        custom_id = f"privacy:delete:{whose}"
        super().__init__(discord.ui.Button(label=label or whose, style=discord.ButtonStyle.danger, custom_id=custom_id))
        self.whose: Whose = whose

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast(Whose, match["whose"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.get_cog("PrivacyCog").delete_for_good(interaction, self.whose)


def delete_view(texts: Texts, whose: Whose) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(DeleteButton(whose, texts("privacy.button")))
    return view
