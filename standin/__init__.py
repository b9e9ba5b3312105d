"""A stand-in for Discord on 127.0.0.1, and a place to try the bot in without an account.

The stand-in speaks REST v10 and the gateway as far as an unmodified discord.py needs them, enforces the documented
limits and permissions, and answers as Discord answers. Tests, the chat page and ``--send`` use the same interface::

    async with StandIn(now=clock) as discord:
        guild = discord.add_guild("Club")
        ann, bob = guild.add_member("ann", manage_guild=True), guild.add_member("bob")
        async with discord.running(bot):  # points discord.py here, starts the bot, closes it at the end
            exchange = await discord.send(guild.general, bob, "/forecast symbol:ARKK horizon:20")
            exchange.message.embeds, exchange.files, exchange.deferred, exchange.ephemeral, exchange.text
            exchange.refusal  # why Discord's client would not have sent the line, or None
            await discord.press(exchange.message, "a custom_id or a label", bob)
            await discord.autocomplete(guild.general, bob, "/forecast ar", "symbol")
            await discord.send(discord.direct(bob), bob.user, "/help")  # in direct messages
        guild.general.messages  # every message by id, deleted ones too
        discord.requests  # all that the bot asked of the REST interface: method, path, body, files, status

A server of ``add_guild(…, has_bot=False)`` never invited the bot; ``user.takes_bot_along`` lets a member use it there.
``discord.faults`` makes requests fail, ``discord.gateway`` breaks the connection, ``channel.set_permissions`` forbids.
"""

from standin.attachments import Attachment
from standin.exchange import Exchange, NoAnswer
from standin.model import Channel, Guild, Member, Message, User
from standin.rest.faults import Fault
from standin.rest.server import Recorded
from standin.standin import StandIn, redirected

__all__ = [
    "Attachment",
    "Channel",
    "Exchange",
    "Fault",
    "Guild",
    "Member",
    "Message",
    "NoAnswer",
    "Recorded",
    "StandIn",
    "User",
    "redirected",
]
