"""Lines of --send: commands, and presses of the buttons and menus under the answers."""

from __future__ import annotations

import re

from standin.exchange import Exchange
from standin.model import Channel, Member, Message
from standin.standin import StandIn

_PRESS = re.compile(r'(press|choose)\s+"?([^"]+?)"?\s*', re.IGNORECASE)


def begin_line(discord: StandIn, channel: Channel, sender: Member, line: str) -> Exchange:
    """Do what the line says; the bot's answer fills the exchange.

    ``press "20 trading days"`` presses the button with that label under the newest message with one. ``choose "Five"``
    chooses that option of a menu. Any other line is typed.
    """
    match = _PRESS.fullmatch(line.strip())
    if match is None:
        return discord.begin(channel, sender, line)
    verb, wanted = match[1].lower(), match[2]
    begin = _press if verb == "press" else _choose
    seen = (m for m in reversed(channel.messages.values()) if not m.deleted)
    visible = (m for m in seen if not m.ephemeral or m.invoked_by is sender.user)
    begun = next(filter(None, (begin(discord, message, sender, wanted) for message in visible)), None)
    if begun is None:
        begun = Exchange(line, channel, sender.user, discord.world.now())
        what = "button" if verb == "press" else "menu with the option"
        begun.refusal = f"No message here has a usable {what} {wanted!r}."
    begun.line = line.strip()
    return begun


def _press(discord: StandIn, message: Message, sender: Member, label: str) -> Exchange | None:
    try:
        return discord.begin_press(message, label, sender)
    except LookupError:
        return None


def _choose(discord: StandIn, message: Message, sender: Member, wanted: str) -> Exchange | None:
    for menu in message.usable_components:
        for option in menu.get("options") or []:
            if wanted in (option["label"], option["value"]):
                return discord.begin_press(message, menu["custom_id"], sender, values=[option["value"]])
    return None
