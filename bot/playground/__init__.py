"""A stand-in for Discord on 127.0.0.1, and a place to try the bot in without an account.

The stand-in speaks REST v10 and the gateway as far as an unmodified discord.py needs them, enforces the documented
limits and permissions, and answers as Discord answers. Tests and the chat page use the same interface::

    async with StandIn() as discord, redirected(discord):
        guild = discord.add_guild("Club")
        ann = guild.add_member("ann", manage_guild=True)
        async with discord.running(bot):
            exchange = await discord.send(guild.general, ann, "/forecast ARKK")
            exchange.message.embeds, exchange.message.files, exchange.ephemeral
"""

from bot.playground.accounts import Member, User
from bot.playground.exchange import Exchange, NoAnswer
from bot.playground.faults import Fault
from bot.playground.guilds import Channel, Guild
from bot.playground.messages import Attachment, Message
from bot.playground.recording import Recorded
from bot.playground.redirect import redirected
from bot.playground.standin import StandIn

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
