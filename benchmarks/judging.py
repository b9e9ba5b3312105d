"""The public judge on one model's rows, and tables in Markdown: shared by all benchmarks."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

Judged = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By ETF: the judge's scores of ``model`` and of its own baselines."""

FOLDS = "2017-01-01,2019-01-01,2021-01-01,2023-01-01"
EVERY = 10


@dataclass(frozen=True)
class Protocol:
    """Path of the judge, and the cut-offs that it scores."""

    judge: Path
    prices: Path
    folds: str = FOLDS
    every: int = EVERY


@contextmanager
def prices_with_vix(prices: Path, vix: Path | None) -> Iterator[Path]:
    """A folder of the files of ``prices`` and of ``^VIX.csv``, made from ``vix`` (its columns DATE and CLOSE).

    It is removed at the end. Without ``vix``, ``prices`` itself.
    """
    if vix is None:
        yield prices
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in prices.glob("*.csv"):
            (folder / path.name).symlink_to(path.absolute())
        closes = pd.read_csv(vix).rename(columns={"DATE": "Date", "CLOSE": "Close"})
        closes[["Date", "Close"]].to_csv(folder / "^VIX.csv", index=False)
        yield folder


def judge(rows: pd.DataFrame, protocol: Protocol) -> Judged:
    """The judge's scores of one model's ``rows`` by ETF.

    Raises:
        CalledProcessError: the judge refused the rows; the reason is on stderr.
    """
    with tempfile.TemporaryDirectory() as folder:
        frame, scores = Path(folder, "frame.csv"), Path(folder, "scores.json")
        rows.to_csv(frame, index=False)
        options = ["--prices", protocol.prices, "--folds", protocol.folds, "--every", str(protocol.every)]
        command = [sys.executable, protocol.judge, frame, *options, "--json", scores]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        judged: Judged = json.loads(scores.read_text())["by_symbol"]
    return judged


def mean_of(judged: Judged, metric: str) -> float:
    """A metric of the model, mean over ETFs; never minus zero."""
    return sum(scores["model"][metric] for scores in judged.values()) / len(judged) + 0.0


def shown(model: str) -> str:
    """A model's name in tables: that of the command line, except that people know the random walk as "no change"."""
    return "no change" if model == "random_walk" else model


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
