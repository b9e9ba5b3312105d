"""The programs that a bot starts: the real command line of ``etf-forecast``, with a forecaster that costs nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final
from unittest import mock

import numpy as np
from sqlalchemy import Engine

import forecasting.cli.context
import forecasting.cli.progress
import forecasting.reports.build as build
from forecasting import THEMES
from forecasting.champion.decisions import Decision
from forecasting.champion.registry import ModelRegistry, RegisteredModel
from forecasting.cli.context import Context
from forecasting.cli.retrain import refresh, retrain
from forecasting.errors import ForecastingError, ModelDamaged, ModelMissing
from forecasting.forecast import STEPS, Forecast
from forecasting.job.pipeline import Pipeline
from forecasting.job.progress import SymbolOutcomes
from forecasting.model.fingerprint import model_version
from forecasting.prices.history import Panel, PriceSource
from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.quantiles import LEVELS
from forecasting.reports.build import TrainingResult, forecast_again
from forecasting.settings import ForecastSettings
from forecasting.storage.lease import Lease
from forecasting.universe import Symbol, Universe
from tests.support.inline import Inline
from tests.support.made_models import CARD, RECIPE
from tests.support.pictures import PNG
from tests.support.simulation.child import Child
from tests.support.simulation.loop import Clock
from tests.support.simulation.market import Market

CHILD: ContextVar[Child] = ContextVar("the job that this code is of")
SPREAD: Final = np.array([-2.0, -1.3, -0.7, 0.0, 0.7, 1.3, 2.0]) * 0.01
"""Of a forecast's quantiles after one session, as shares of the last close."""


@dataclass(eq=False)
class Programs:
    """Runs children by their arguments.

    Attributes:
        engine: of all jobs; each has connections of its own. That saves compiling the same statements again.
        stores_prices: whether a job keeps what it fetches in the price store, as it does. That takes most of its time.
    """

    clock: Clock
    market: Market
    engine: Engine
    stores_prices: bool

    @cached_property
    def settings(self) -> ForecastSettings:
        return ForecastSettings.load()

    @cached_property
    def universe(self) -> Universe:
        return self.settings.served

    def __call__(self, child: Child) -> int:
        CHILD.set(child)
        if child.arguments[-1] == "draw":
            return self._draw(child)
        command = next(word for word in child.arguments if word in ("retrain", "refresh"))
        words = list(child.arguments[child.arguments.index(command) + 1 :])
        program = retrain if command == "retrain" else refresh
        context = JobContext(None, self.clock.of_the_machine)
        context.programs = self
        context.settings, context.universe = self.settings, self.universe  # the same in every job of a seed
        self.engine.dispose(close=False)
        given = program.make_context(command, words)
        with given:
            try:
                return int(given.invoke(program, **{**given.params, "context": context}) or 0)
            except ForecastingError as error:  # as ``forecasting.__main__`` does
                child.complain(f"{error}\n")
                return 1

    @staticmethod
    def _draw(child: Child) -> int:
        while True:
            line = child.read()
            picture = PNG + sha256(line.encode()).digest()
            child.say(json.dumps({"png": base64.b64encode(picture).decode()}) + "\n")

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Have jobs print to the bot that started them, and forecast without a network."""
        patches = [
            mock.patch.object(forecasting.cli.progress, "print", _print, create=True),
            mock.patch.object(forecasting.cli.context, "utc_now", self.clock.of_the_machine),
            mock.patch.object(build, "predict_symbol", _predict),
            mock.patch.object(build, "why_without_vix", return_value=None),
            mock.patch.object(build, "HISTORY_SESSIONS", 70),  # a band alert looks back by 60
        ]
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()


def _print(text: str, flush: bool) -> None:
    child = CHILD.get()
    child.say(f"{text}\n")
    child.pause()


class JobContext(Context):
    """What a job works with; only Yahoo, the pool of workers and the networks are not the real ones."""

    programs: Programs

    @property
    def engine(self) -> Engine:  # type: ignore[override]
        return self.programs.engine

    def check_settings(self, recipe: str | None = None, address: str | None = None) -> None:
        """They are the same in every job of a seed."""

    def open_source(self, *, stored: bool = True, as_written: bool = False) -> PriceSource:
        if not self.programs.stores_prices:
            return self.programs.market
        pacing = Pacing(lambda _seconds: None, np.random.default_rng(1))
        return StoredPrices(self.programs.market, PriceStore(self.engine, "yahoo"), self.now, pacing)

    def workers(self, count: int | None, address: str | None = None) -> AbstractContextManager[Executor]:
        return nullcontext(_Drawless())

    def pipeline(
        self, source: PriceSource, lock: Lease, executor: Executor, registry: ModelRegistry, **more: Any
    ) -> Pipeline:
        return CheapPipeline(source, self.universe, self.store, registry, lock, executor, self.now, **more)


class _Drawless(Inline):
    """Does the work at once, except pictures."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn.__name__ == "draw_overview":
            return super().submit(dict.fromkeys, THEMES, PNG)
        if fn.__name__ == "draw_past_forecasts":
            return super().submit(bytes, PNG)
        return super().submit(fn, *args, **{**kwargs, "drawn": False} if "drawn" in kwargs else kwargs)


class CheapPipeline(Pipeline):
    """The steps of a job; a training takes no time. Every fifth new model is refused."""

    def _is_outdated(self, symbol: Symbol) -> bool:
        try:
            self.registry.champion(self.source.name, symbol)
        except ModelDamaged:
            return True
        except ModelMissing:
            return False
        return False

    def _train(self, outcomes: SymbolOutcomes, panel: Panel, members: tuple[Symbol, ...]) -> None:
        for symbol in members:
            with outcomes.guard([symbol]):
                outcomes.reached([symbol], "fit")
                result = self._trained(symbol, panel)
                outcomes.reached([symbol], "calibrate")
                self._publish(outcomes, self.publisher.keep(symbol, result))

    def _trained(self, symbol: Symbol, panel: Panel) -> TrainingResult:
        history = panel[symbol]
        as_of = history.last_session
        data = f"{symbol} {as_of} {history.last_close}".encode()
        version = model_version(symbol, as_of, data)
        recipe = {**RECIPE, "trained_from": history.sessions[0].date().isoformat(), "trained_to": as_of.isoformat()}
        facts = {"as_of": as_of.isoformat(), "trained_at": self.now().isoformat(), "recipe": recipe}
        model = RegisteredModel(version, data, {**CARD, **facts, "as_of_close": history.last_close})
        champion = self.publisher.champion(symbol)
        name = self.universe.name(symbol)
        if champion is not None and (champion.version == version or champion.card["as_of"] > as_of.isoformat()):
            return TrainingResult(model, None, forecast_again(symbol, name, panel, model, drawn=False))
        refused = champion is not None and sha256(data).digest()[0] < 51
        decision = Decision(
            source=self.publisher.decided_for,
            symbol=symbol,
            challenger=version,
            champion=None if champion is None else champion.version,
            verdict="refused" if refused else "promoted",
            reason="It was decided by lot.",
            numbers={},
            decided_at=self.now(),
        )
        winner = champion if refused and champion is not None else model
        return TrainingResult(model, decision, forecast_again(symbol, name, panel, winner, drawn=False))


def _predict(symbol: Symbol, panel: Panel, _model: bytes) -> Forecast:
    history = panel[symbol]
    last = float(history.frame["adjusted"].iloc[-1])
    quantiles = last * np.exp(np.outer(np.sqrt(STEPS), SPREAD))
    assert quantiles.shape[1] == len(LEVELS)
    return Forecast(symbol, history.last_session, last, quantiles)
