"""The record as a web page for this machine alone: static files, updated when the record has changed."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import Final

from aiohttp import web
from sqlalchemy import Engine

from bot.settings import RECORD_HOST
from forecasting import BadSettings, export_page

log = logging.getLogger(__name__)

HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}


class RecordPage:
    """Serves ``folder``, and writes it."""

    def __init__(self, engine: Engine, source: str, folder: Path, port: int) -> None:
        self._engine = engine
        self._source = source
        self._folder = folder
        self._port = port
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to serve.

        Raises:
            BadSettings: RECORD_PORT cannot be opened, or the folder not be made.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSettings(
                f"RECORD_PORT: the folder {self._folder} cannot be made ({error.strerror}). Make it, or set no port."
            ) from None
        app = web.Application()
        app.on_response_prepare.append(_add_headers)
        app.router.add_get("/", self._index)
        app.router.add_static("/", self._folder)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, RECORD_HOST, self._port).start()
        except OSError as error:
            await self.stop()
            reason = os.strerror(error.errno or 0)
            raise BadSettings(
                f"RECORD_PORT: {RECORD_HOST}:{self._port} cannot be opened ({reason}). Write another port, or none."
            ) from None

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def write(self) -> None:
        """Write what has changed. Where that fails, the page stays as it was."""
        try:
            is_new = await asyncio.to_thread(export_page, self._engine, self._source, self._folder)
        except OSError as error:
            log.error("The record's page could not be written to %s: %s", self._folder, error.strerror)  # noqa: TRY400
            return
        if is_new:
            log.info("The record at http://%s:%d/ was updated", RECORD_HOST, self._port)

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self._folder / "index.html")


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
