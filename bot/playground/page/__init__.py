"""The chat page: files for the browser, and the routes that they call."""

from bot.playground.page.server import Page

__all__ = ["Page"]
