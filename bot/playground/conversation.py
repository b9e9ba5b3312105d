"""Lines of --send: commands, and presses of the buttons and menus under the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from standin.errors import Json
from standin.exchange import Exchange
from standin.model import Channel, Member, Message
from standin.standin import StandIn, find_component

_PRESS = re.compile(r'(press|choose)\s+"?([^"]+?)"?\s*', re.IGNORECASE)


def begin_line(discord: StandIn, channel: Channel, sender: Member, line: str) -> Exchange:
    """Do what the line says; the bot's answer fills the exchange.

    ``press "20 sessions"`` presses the button with that label under the newest message that has one. ``choose "Five"``
    chooses that option of a menu. Any other line is typed.
    """
    match = _PRESS.fullmatch(line.strip())
    if match is None:
        return discord.begin(channel, sender, line)
    verb, wanted = match[1].lower(), match[2]
    begun = _press(discord, channel, sender, wanted) if verb == "press" else _choose(discord, channel, sender, wanted)
    if begun is None:
        begun = Exchange(line, channel, sender.user, discord.world.now())
        what = "button" if verb == "press" else "menu with the option"
        begun.refusal = f"No message here has a usable {what} {wanted!r}."
    begun.line = line.strip()
    return begun


def _press(discord: StandIn, channel: Channel, sender: Member, label: str) -> Exchange | None:
    for message in _newest_first(channel, sender):
        button = find_component(message.components, label)
        if button is not None and not button.get("disabled"):
            return discord.begin_press(message, label, sender)
    return None


def _choose(discord: StandIn, channel: Channel, sender: Member, wanted: str) -> Exchange | None:
    for message in _newest_first(channel, sender):
        for menu in _menus(message.components):
            for option in menu["options"]:
                if wanted in (option["label"], option["value"]) and not menu.get("disabled"):
                    return discord.begin_press(message, menu["custom_id"], sender, values=[option["value"]])
    return None


def _newest_first(channel: Channel, sender: Member) -> Iterator[Message]:
    """The messages that the sender sees."""
    for message in reversed(channel.messages.values()):
        if not message.deleted and (not message.ephemeral or message.invoked_by is sender.user):
            yield message


def _menus(components: list[Json]) -> Iterator[Json]:
    for component in components:
        if component.get("options"):
            yield component
        yield from _menus(component.get("components") or [])
