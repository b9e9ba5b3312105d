"""The chat page on 127.0.0.1: files for the browser, and the routes that they call."""

from bot.playground.page.server import Page

__all__ = ["Page"]
