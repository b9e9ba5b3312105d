"""Tells others how the bot is: ``/healthz`` and ``/metrics`` for those who ask, and a push to an address."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import aiohttp
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.client import ForecastBot
from bot.health.health import Health
from forecasting import BadSettings

log = logging.getLogger(__name__)

PUSH_SECONDS: float = 60.0
"""From one push to the next."""
LOOK_SECONDS: Final = 2.0
"""From one look to the next while the bot is not well."""
PUSH_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)


@asynccontextmanager
async def watched(bot: ForecastBot) -> AsyncIterator[None]:
    """Serve and push as the settings say, until the block ends.

    Raises:
        BadSettings: HEALTH_PORT cannot be opened.
    """
    settings, health = bot.settings, Health(bot)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_running(health.measure_lag()))
        if settings.health_port is not None:
            await stack.enter_async_context(_served(health, settings.health_host, settings.health_port))
        if settings.push_url is not None:
            await stack.enter_async_context(_running(_push(health, settings.push_url.get_secret_value())))
        yield


@asynccontextmanager
async def _served(health: Health, host: str, port: int) -> AsyncIterator[None]:
    async def healthz(_request: web.Request) -> web.Response:
        problem = await health.problem()
        return web.Response(status=503 if problem else 200, text=f"{problem or 'ok'}\n")

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await health.metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise BadSettings(
                f"HEALTH_PORT: {host}:{port} cannot be opened ({reason}). Write another port, or none."
            ) from None
        yield
    finally:
        await runner.cleanup()


async def _push(health: Health, url: str) -> None:
    """Ask for ``url`` again and again while the bot is well. It is a secret, and so is what errors say of it."""
    told: str | None = None
    async with aiohttp.ClientSession(timeout=PUSH_TIMEOUT) as session:
        while True:
            problem = await health.problem()
            failure = f"Nothing is sent to PUSH_URL. {problem}" if problem else await _pushed(session, url)
            if failure != told:
                level = logging.WARNING if failure and not problem else logging.INFO
                log.log(level, "%s", failure or "The push to PUSH_URL works again.")
            told = failure
            await asyncio.sleep(LOOK_SECONDS if problem else PUSH_SECONDS)


async def _pushed(session: aiohttp.ClientSession, url: str) -> str | None:
    """Why the push failed; None if it did not."""
    try:
        async with session.get(url) as response:
            return None if response.ok else f"The push to PUSH_URL failed: it answered {response.status}."
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return f"The push to PUSH_URL failed: {type(error).__name__}."


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run ``work`` beside the block, and end it with that."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
