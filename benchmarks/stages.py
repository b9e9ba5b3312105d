"""Measures where the time of a training goes, beside the least that its LSTMs can take. Prints a table.

    python -m benchmarks.stages --prices FOLDER [--symbols SPY ARKK FNGU]

The job runs in this process with one thread. Processor seconds; what a stage calls that is a stage itself counts there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final

BEGUN: Final = time.process_time()

import torch  # noqa: E402 - the time that libraries take is a row of the table

import forecasting.model.lstm as lstm  # noqa: E402
from forecasting import ReportStore, Symbol, Universe, open_database  # noqa: E402
from forecasting.champion.registry import ModelRegistry  # noqa: E402
from forecasting.job.pipeline import Pipeline  # noqa: E402
from forecasting.model.config import DEFAULT_CONFIG  # noqa: E402
from forecasting.model.training import train  # noqa: E402
from forecasting.prices.sources.csv import CsvPrices  # noqa: E402
from forecasting.storage.lease import job_lock  # noqa: E402
from tests.support.inline import Inline  # noqa: E402

LIBRARIES: Final = time.process_time() - BEGUN
STAGES: Final = {
    "forecasting.prices.loading.load_panel": "prices",
    "forecasting.prices.quality.gate.sound_history": "gate",
    "forecasting.prices.quality.gate.gate": "gate",
    "forecasting.model.volatility.Volatility.of": "features",
    "forecasting.model.market.Market.of": "features",
    "forecasting.model.market.Market.at": "features",
    "forecasting.model.features.linear_features": "features",
    "forecasting.model.features.session_features": "features",
    "forecasting.model.features.targets": "features",
    "forecasting.model.training_windows.gather_windows": "features",
    "forecasting.model.har.Har.fit": "HAR",
    "forecasting.model.training.train": "LSTM training",
    "forecasting.model.har.shapes_of": "calibration",
    "forecasting.model.mixture_weight.mix": "calibration",
    "forecasting.model.lifecycle._residuals": "calibration",
    "forecasting.model.lifecycle.calibrated_model": "calibration",
    "forecasting.model.lifecycle.calibrate_frame": "calibration",
    "forecasting.evaluation.walk_forward.walk_folds": "backtest",
    "forecasting.champion.challenge.challenge": "champion and challenger",
    "forecasting.reports.build._pictures": "pictures",
    "forecasting.reports.build.draw_overview": "pictures",
    "forecasting.chart.draw_past_forecasts": "pictures",
    "forecasting.reports.publisher.Publisher.keep": "store",
    "forecasting.reports.publisher.Publisher.publish": "store",
    "forecasting.job.follow_up.follow_up": "record",
}


class Stopwatch:
    """Processor seconds by stage, each without those of the stages that it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._under_way = ["everything else"]
        self._since = time.process_time()

    def switch(self) -> None:
        now = time.process_time()
        self.seconds[self._under_way[-1]] += now - self._since
        self._since = now

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            self.switch()
            self._under_way.append(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self.switch()
                self._under_way.pop()

        return run

    def install(self) -> None:
        """Put the watch around every stage, under each name that a module has for it."""
        for path, stage in STAGES.items():
            where, _, name = path.rpartition(".")
            if where in sys.modules:
                function = getattr(sys.modules[where], name)
                watched = self.timed(stage, function)
                for module in [m for n, m in sys.modules.items() if n.startswith("forecasting")]:
                    for known in [known for known, value in vars(module).items() if value is function]:
                        setattr(module, known, watched)
            else:
                module_name, _, kind_name = where.rpartition(".")
                kind = getattr(sys.modules[module_name], kind_name)
                found = vars(kind)[name]
                is_bound = isinstance(found, classmethod)
                watched = self.timed(stage, found.__func__ if is_bound else found)
                setattr(kind, name, classmethod(watched) if is_bound else watched)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--symbols", nargs="+", default=["SPY", "ARKK", "FNGU"])
    given = parser.parse_args()
    torch.set_num_threads(1)
    passes: Counter[tuple[tuple[int, ...], bool]] = Counter()
    epochs = [0]
    _count(lstm.LstmNetwork, "forward", lambda self, windows: passes.update([(tuple(windows.shape), self.training)]))
    _count(sys.modules[train.__module__]._Steps, "epoch", lambda _: epochs.append(epochs.pop() + 1))
    watch = Stopwatch()
    watch.install()
    with tempfile.TemporaryDirectory() as folder:
        symbols = tuple(map(Symbol, given.symbols))
        source, now = CsvPrices(given.prices), lambda: datetime.now(UTC)
        engine = open_database(f"sqlite:///{folder}/forecasts.db")
        store, registry = ReportStore(engine), ModelRegistry(Path(folder) / "models")
        with job_lock(engine, "retrain", now) as lock:
            pipeline = Pipeline(source, Universe.parse(""), store, registry, lock, Inline(), now)
            run = pipeline.retrain(symbols, now().date(), lambda _: None)
    watch.switch()
    seconds = {"libraries": LIBRARIES, **watch.seconds}
    total = sum(seconds.values())
    print(f"| a training of {', '.join(run.ok)} | processor seconds | share |\n| --- | ---: | ---: |")
    for stage, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"| {stage} | {spent:.2f} | {spent / total:.0%} |")
    print(f"| all | {total:.2f} | 100% |")
    floor, trained = _floor(passes)
    batches = sum(times for (_, trains), times in passes.items() if trains)
    spent = seconds["LSTM training"]
    print(f"\n{epochs[0]} epochs, {batches} batches: {spent / epochs[0]:.3f} s an epoch.")
    print(f"The LSTMs' matrix work timed alone: {trained:.2f} s; training takes {spent / trained:.2f} times that.")
    print(f"In forecasts: {floor - trained:.2f} s.")


def _count(kind: Any, name: str, count: Callable[..., None]) -> None:
    function = getattr(kind, name)

    def run(self: Any, *args: Any) -> Any:
        count(self, *args)
        return function(self, *args)

    setattr(kind, name, run)


def _floor(passes: Counter[tuple[tuple[int, ...], bool]]) -> tuple[float, float]:
    """Processor seconds of the same passes through a bare LSTM on random numbers: of all, and of those that train."""
    every, training = 0.0, 0.0
    for (shape, trains), times in passes.items():
        network, windows = torch.nn.LSTM(shape[-1], DEFAULT_CONFIG.units, batch_first=True), torch.randn(shape)
        tries = min(times, 10)
        begun = time.process_time()
        for _ in range(tries):
            if trains:
                network(windows)[0][:, -1].sum().backward()
            else:
                with torch.no_grad():
                    network(windows)
        spent = (time.process_time() - begun) / tries * times
        every += spent
        training += spent if trains else 0.0
    return every, training


if __name__ == "__main__":
    main()
