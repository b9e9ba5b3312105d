"""Pictures that no job draws in advance, such as another horizon or a comparison, drawn by a process of their own.

The process is ``python -m forecasting draw``. It starts with the first picture asked for, which costs a second or two
for matplotlib, and ends after some minutes without work. The bot's own process stays small and never waits for a
drawing.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import math
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from bot.texts import Texts
from forecasting import ForecastReport, MixForecast, Theme, environment_without_secrets

log = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-m", "forecasting", "draw")
KEPT_PICTURES: Final = 64
"""Number of pictures, some 60 kB each."""
IDLE_SECONDS: Final = 600.0
"""Without work, after which the process ends."""
PATIENCE_SECONDS: Final = 60.0
"""Time limit for one picture: a cold start on a busy machine takes a tenth of it."""
REST_SECONDS: Final = 300.0
"""How long no picture is asked for after one took too long: a report to many servers goes out without waiting again."""
GRACE_SECONDS: Final = 5.0
MAX_LINE_BYTES: Final = 1 << 24

Key = tuple[object, ...]
Facts = ForecastReport | MixForecast | str
"""What a picture shows: values, or their JSON."""
ENGLISH: Final = Texts()

_FAILURES: Final = (OSError, EOFError, ValueError, TypeError, AttributeError, RecursionError)
"""What a broken process, or an answer that is no picture, raises."""


class CannotDraw(Exception):
    """A picture could not be drawn. The answer goes out without it."""


class ChartProcess:
    """Draws one picture at a time, and keeps the newest ones by what they show."""

    def __init__(self, command: tuple[str, ...] = COMMAND, idle_seconds: float = IDLE_SECONDS) -> None:
        self._command = command
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._process: Process | None = None
        self._dismissal: asyncio.TimerHandle | None = None
        self._rests_until = -math.inf
        """On the event loop's clock."""
        self._goodbyes: set[asyncio.Task[None]] = set()

    @property
    def is_at_work(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    async def forecast(
        self, report: ForecastReport, theme: Theme, horizon: int, price: float | None = None, texts: Texts = ENGLISH
    ) -> bytes:
        """The picture (PNG) of the coming ``horizon`` sessions, with a line at ``price`` if there is one.

        Raises:
            CannotDraw: the process failed twice, or a picture took too long just now.
        """
        asked = {"kind": "forecast", "theme": theme, "horizon": horizon, "price": price}
        return await self._picture((horizon, price, *_key(report)), asked, (report,), texts)

    async def comparison(self, reports: Sequence[ForecastReport], theme: Theme, texts: Texts = ENGLISH) -> bytes:
        """The picture (PNG) of several forecasts side by side. Raises as ``forecast``."""
        return await self._picture(_keys(reports), {"kind": "comparison", "theme": theme}, reports, texts)

    async def portfolio(self, mix: MixForecast, theme: Theme, texts: Texts = ENGLISH) -> bytes:
        """The picture (PNG) of a portfolio. Raises as ``forecast``."""
        return await self._picture((mix,), {"kind": "portfolio", "theme": theme}, (mix,), texts)

    async def overview(self, reports: Sequence[ForecastReport], theme: Theme, texts: Texts = ENGLISH) -> bytes:
        """The picture (PNG) of the weekly report: one row for each forecast. Raises as ``forecast``."""
        return await self._picture(_keys(reports), {"kind": "overview", "theme": theme}, reports, texts)

    async def scores(self, reports: Sequence[ForecastReport], theme: Theme, texts: Texts = ENGLISH) -> bytes:
        """The picture (PNG) of skill, which a job has drawn in English. Raises as ``forecast``."""
        return await self._picture(_keys(reports), {"kind": "scores", "theme": theme}, reports, texts)

    async def track(self, past: str, theme: Theme, texts: Texts = ENGLISH) -> bytes:
        """The picture (PNG) of past forecasts, of the JSON of what it shows. Raises as ``forecast``."""
        return await self._picture((past,), {"kind": "track", "theme": theme}, (past,), texts)

    async def close(self) -> None:
        """End the process once the picture under way, if any, is done. The next picture would start it again."""
        async with self._turn:
            await self._end()

    async def _picture(self, shown: Key, asked: Mapping[str, object], facts: Sequence[Facts], texts: Texts) -> bytes:
        key = (asked["kind"], asked["theme"], texts.language, *shown)
        async with self._turn:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
            if asyncio.get_running_loop().time() < self._rests_until:
                raise CannotDraw("A picture took too long just now, so none is asked for")
            line = await asyncio.to_thread(_request, {**asked, "texts": dict(texts.of_pictures)}, facts)
            try:
                picture = await self._draw(line)
            except TimeoutError as error:
                raise await self._given_up() from error
            except _FAILURES:
                log.warning("The drawing process failed; it is started again", exc_info=True)
                picture = await self._draw_anew(line)
            self._kept[key] = picture
            if len(self._kept) > KEPT_PICTURES:
                self._kept.popitem(last=False)
            return picture

    async def _draw_anew(self, line: bytes) -> bytes:
        await self._end()
        try:
            return await self._draw(line)
        except TimeoutError as error:
            raise await self._given_up() from error
        except _FAILURES as error:
            await self._end()
            raise CannotDraw("The drawing process failed twice") from error

    async def _given_up(self) -> CannotDraw:
        """End a process that hangs, and draw no pictures for a while."""
        self._rests_until = asyncio.get_running_loop().time() + REST_SECONDS
        await self._end(patience=0.0)
        return CannotDraw(f"A picture took longer than {PATIENCE_SECONDS:g} seconds")

    async def _draw(self, line: bytes) -> bytes:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - it was asked for
        assert process.stdout is not None  # noqa: S101 - it was asked for
        async with asyncio.timeout(PATIENCE_SECONDS):
            process.stdin.write(line)
            await process.stdin.drain()
            answer = await process.stdout.readline()
        if not answer:
            raise EOFError("the drawing process ended")
        said = json.loads(answer)
        if "png" not in said:
            raise CannotDraw(f"The drawing process cannot draw this: {said.get('error')}")
        return base64.b64decode(said["png"], validate=True)

    async def _running(self) -> Process:
        self._expect_more()
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=environment_without_secrets(),
                stdin=PIPE,
                stdout=PIPE,
                limit=MAX_LINE_BYTES,
                start_new_session=True,
            )
        return self._process

    def _expect_more(self) -> None:
        """Put off the end of the process."""
        if self._dismissal is not None:
            self._dismissal.cancel()
        self._dismissal = asyncio.get_running_loop().call_later(self._idle_seconds, self._dismiss)

    def _dismiss(self) -> None:
        goodbye = asyncio.create_task(self.close())
        self._goodbyes.add(goodbye)
        goodbye.add_done_callback(self._goodbyes.discard)

    async def _end(self, patience: float = GRACE_SECONDS) -> None:
        """End the process, after ``patience`` with its whole group."""
        if self._dismissal is not None:
            self._dismissal.cancel()
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None  # noqa: S101 - it was asked for
        process.stdin.close()  # the end of its input is its end
        with suppress(TimeoutError):
            # Not asyncio.timeout, which in Python 3.11.2 ends a cancelled task instead of this wait.
            await asyncio.wait_for(process.communicate(), patience)
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.communicate(), GRACE_SECONDS)


def _request(asked: Mapping[str, object], facts: Sequence[Facts]) -> bytes:
    """One line for the process. A report is many numbers: this is done in a thread."""
    bodies = ",".join(fact if isinstance(fact, str) else fact.to_json() for fact in facts)
    return f'{json.dumps(asked)[:-1]}, "facts": [{bodies}]}}\n'.encode()


def _key(report: ForecastReport) -> Key:
    """The key of a picture: two requests with the same key show the same."""
    return (report.source, report.symbol, report.as_of, report.model_version, report.trained_at, report.last_close)


def _keys(reports: Sequence[ForecastReport]) -> Key:
    return tuple(_key(report) for report in reports)
