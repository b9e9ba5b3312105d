"""Why Discord did not let the bot in, in words for the operator."""

from __future__ import annotations

from typing import Final

import aiohttp
import discord

EXIT_FAILED: Final = 1
EXIT_BAD_SETTINGS: Final = 2

REFUSED: Final = (
    "Discord refused DISCORD_TOKEN: copy the token again from your application's page (Bot, Reset Token) into .env"
)


class LoginFailed(Exception):
    """The login, or the connection after it, failed in a way that an operator can understand.

    Attributes:
        exit_code: 2 if a setting is wrong; 1 if the same start can succeed later.
    """

    def __init__(self, sentence: str, exit_code: int = EXIT_FAILED) -> None:
        self.exit_code = exit_code
        super().__init__(sentence)


def explained(error: Exception, *, understood: bool) -> LoginFailed | None:
    """What an error of the login or the connection means; None if it is an error of this program.

    Args:
        understood: whether Discord's answers to the login could be read.
    """
    match error:
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):
            return LoginFailed(REFUSED, EXIT_BAD_SETTINGS)
        case discord.PrivilegedIntentsRequired():
            return LoginFailed(
                "Discord wants more rights for this bot than it needs. Switch off all privileged intents on your "
                "application's page (Bot), then start again.",
                EXIT_BAD_SETTINGS,
            )
        case discord.HTTPException(code=30034):
            return LoginFailed("Discord takes no more changes of commands today (200 a day). Try again tomorrow.")
        case discord.HTTPException(status=429) | discord.RateLimited():
            return LoginFailed(
                "Discord refuses this machine's address for now, because too many requests came from it (429). Stop "
                "other programs that use Discord from here, wait an hour, then start again."
            )
        case discord.HTTPException(status=401 | 403 as status):
            return LoginFailed(
                f"Discord refused the connection ({status}). A firewall, a proxy or Discord blocks this machine's "
                "address: try from another network. If it lasts, reset the token on your application's page (Bot)."
            )
        case discord.HTTPException(status=status) | aiohttp.ClientResponseError(status=status) if status >= 500:
            return LoginFailed(
                f"Discord has a problem and cannot answer ({status}). See discordstatus.com, and start again later."
            )
        case discord.HTTPException(status=status):
            return LoginFailed(
                f"Discord answered the login with the error {status}, which it should not. Check that no proxy "
                "changes its answers, then start again."
            )
        case discord.GatewayNotFound() | discord.ConnectionClosed():
            return LoginFailed("Discord closed the connection. See discordstatus.com, and start again later.")
        case aiohttp.ClientConnectionError() | TimeoutError():
            why = " ".join(str(error).split()) or "no answer"
            return LoginFailed(f"Cannot reach Discord: {why}. Check the network, then start again.")
        case aiohttp.ClientError() | TypeError() | KeyError() | ValueError() | AttributeError() if not understood:
            return LoginFailed(
                "What answers at Discord's address is not Discord: a proxy, or the login page of a network, stands "
                "between. Check the network, then start again."
            )
    return None
