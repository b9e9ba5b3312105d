"""ModelRegistry: a folder per trained model, and the champion of each ETF.

    MODEL_DIR/
      csv/                                  the source of the prices
        SPY/
          champion                          the name of the model that forecasts
          SPY-2024-12-31-1a2b3c4d/
            model.safetensors
            card.json                       what it is, how it was trained, how it did

A model is written beside its place and renamed into it, so whatever moment a job is killed at, what can be seen under
a model's name is whole. Nothing is pickled.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecasting.errors import BadSettings, ModelMissing
from forecasting.universe import Symbol

_MODEL, _CARD, _CHAMPION = "model.safetensors", "card.json", "champion"


@dataclass(frozen=True)
class RegisteredModel:
    """A trained model: its bytes and its card, a JSON object."""

    version: str
    data: bytes
    card: Mapping[str, Any]


class ModelRegistry:
    """The trained models under one folder, by source and symbol."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check_writable(self) -> None:
        """Find out before hours of work whether their result can be kept.

        Raises:
            BadSettings: it cannot.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise BadSettings(
                f"Models cannot be kept in {self.folder} (MODEL_DIR): {error.strerror}. Check the path and its rights."
            ) from error

    def save(self, source: str, symbol: Symbol, model: RegisteredModel) -> None:
        """Keep a model under its name. One that is there under that name has the same bytes, and gets this card."""
        place = self._place(source, symbol)
        place.mkdir(parents=True, exist_ok=True)
        final = place / model.version
        card = json.dumps(model.card, indent=2, sort_keys=True).encode()
        if final.is_dir():
            _write(final / _CARD, card)
            return
        half = Path(tempfile.mkdtemp(prefix=".half-", dir=place))
        try:
            half.chmod(0o755)  # mkdtemp's 0700 would shut out another user who runs the bot
            _write(half / _MODEL, model.data)
            _write(half / _CARD, card)
            half.rename(final)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise

    def promote(self, source: str, symbol: Symbol, version: str) -> None:
        """Make a model that is kept the one that forecasts.

        Raises:
            ModelMissing: none of that name is kept.
        """
        place = self._place(source, symbol)
        if not (place / version).is_dir():
            raise ModelMissing(
                f"{symbol} has no model {version} from {source} prices. Retrain it, or name another one."
            )
        _write(place / _CHAMPION, version.encode())

    def champion(self, source: str, symbol: Symbol) -> RegisteredModel:
        """The model that forecasts.

        Raises:
            ModelMissing: no model of this ETF was trained from this source, or it was damaged.
        """
        pointer = self._place(source, symbol) / _CHAMPION
        if not pointer.is_file():
            raise ModelMissing(
                f"{symbol} has no trained model from {source} prices yet. Make one with: etf-forecast retrain {symbol}"
            )
        return self.load(source, symbol, pointer.read_text())

    def load(self, source: str, symbol: Symbol, version: str) -> RegisteredModel:
        """A model by its name.

        Raises:
            ModelMissing: none of that name is kept, or it was damaged.
        """
        place = self._place(source, symbol) / version
        try:
            return RegisteredModel(version, (place / _MODEL).read_bytes(), json.loads((place / _CARD).read_bytes()))
        except (OSError, ValueError) as error:
            raise ModelMissing(
                f"The model {version} of {symbol} cannot be read: {error}. "
                f"Make a new one with: etf-forecast retrain {symbol}"
            ) from error

    def versions(self, source: str, symbol: Symbol) -> tuple[str, ...]:
        """The names of the models that are kept, in alphabetical order: by as-of session."""
        place = self._place(source, symbol)
        if not place.is_dir():
            return ()
        return tuple(sorted(path.name for path in place.iterdir() if path.is_dir() and path.name[0] != "."))

    def _place(self, source: str, symbol: Symbol) -> Path:
        return self.folder / source / symbol


def _write(path: Path, data: bytes) -> None:
    """Replace a file as a whole, and only once its new content has reached the disk."""
    half = path.with_name(f".half-{path.name}")
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
