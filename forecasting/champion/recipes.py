"""Recipes: named configurations of the LSTM. A parameter search writes one; the setting RECIPE chooses one.

    MODEL_DIR/recipes/
      calm-owl.json      {"name", "config": {…}, "evidence": {"search": {…}, "confirmation": {…}}}

``default`` is the program's own and has no file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from forecasting.errors import BadSettings
from forecasting.model.config import DEFAULT_CONFIG, FORMAT, LstmConfig
from forecasting.storage.files import replace_file
from forecasting.storage.stored_json import first_fault

NAME_FORM: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

_FOLDER: Final = "recipes"


@dataclass(frozen=True)
class Recipe:
    """A configuration and its name.

    Attributes:
        evidence: what the search and its confirmation measured, fit for JSON; empty for the default.
    """

    name: str
    config: LstmConfig
    evidence: Mapping[str, Any] = field(default_factory=dict, compare=False)


DEFAULT_RECIPE: Final = Recipe("default", DEFAULT_CONFIG)


class RecipeBook:
    """The recipes of one MODEL_DIR."""

    def __init__(self, model_dir: Path) -> None:
        self.folder = model_dir / _FOLDER

    def names(self) -> tuple[str, ...]:
        """The names that RECIPE may have, ``default`` first."""
        kept = sorted(path.stem for path in self.folder.glob("*.json") if NAME_FORM.fullmatch(path.stem))
        return (DEFAULT_RECIPE.name, *kept)

    def recipe(self, name: str) -> Recipe:
        """The recipe of that name.

        Raises:
            BadSettings: there is none, or its file is not a valid recipe.
        """
        if name == DEFAULT_RECIPE.name:
            return DEFAULT_RECIPE
        if name not in self.names():
            raise BadSettings(
                f"There is no recipe {name!r} in {self.folder} (RECIPE). There are: {', '.join(self.names())}. "
                "`etf-forecast tune` makes new ones."
            )
        path = self._path(name)
        try:
            return _parsed(name, json.loads(path.read_bytes()))
        except (OSError, ValueError, RecursionError) as error:
            raise BadSettings(
                f"The recipe {name} cannot be used: {_reason(error)}. Correct {path}, or set RECIPE to another one."
            ) from None

    def save(self, recipe: Recipe) -> None:
        """Write a recipe, replacing one of the same name.

        Raises:
            BadSettings: the name is not allowed, see ``check_name``, or the folder cannot be written.
        """
        check_name(recipe.name)
        content = {"name": recipe.name, "config": asdict(recipe.config), "evidence": dict(recipe.evidence)}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._path(recipe.name), json.dumps(content, indent=2).encode())
        except OSError as error:
            raise BadSettings(
                f"The recipe cannot be stored in {self.folder} (MODEL_DIR): {error.strerror}. Check the path."
            ) from error

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def check_name(name: str) -> None:
    """Raises BadSettings if a recipe cannot have this name."""
    if name == DEFAULT_RECIPE.name or not NAME_FORM.fullmatch(name):
        raise BadSettings(
            f"A recipe cannot be called {name!r}. Use lowercase letters, digits and hyphens, at most 40; "
            f"{DEFAULT_RECIPE.name} is the program's own."
        )


class _Strict(BaseModel):
    """Files are read strictly: no unknown or missing field, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Training(_Strict):
    epochs: Annotated[int, Field(ge=1, le=100)]
    least: Annotated[int, Field(ge=0, le=100)]
    batch: Annotated[int, Field(ge=1, le=65_536)]
    rate: Annotated[float, Field(gt=0.0, le=1.0)]
    decay: Annotated[float, Field(ge=0.0, le=1.0)]
    anchor: Annotated[float, Field(ge=0.0, le=1e6)]
    patience: Annotated[int, Field(ge=1, le=100)]
    shares: Annotated[list[Annotated[float, Field(gt=0.0, le=1.0)]], Field(min_length=1, max_length=20)]


class _Config(_Strict):
    units: Annotated[int, Field(ge=1, le=1024)]
    layers: Annotated[int, Field(ge=1, le=8)]
    lookback: Annotated[int, Field(ge=2, le=1000)]
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)]
    every: Annotated[int, Field(ge=1, le=250)]
    validation: Annotated[int, Field(ge=1, le=10_000)]
    networks: Annotated[int, Field(ge=1, le=32)]
    panel: _Training
    own: _Training


class _File(_Strict):
    name: str
    config: _Config
    evidence: dict[str, Any]


def _parsed(name: str, raw: object) -> Recipe:
    """Raises ValueError (or its subclass ValidationError) if ``raw`` is no recipe."""
    file = _File.model_validate(raw)
    if file.name != name:
        raise ValueError(f"it calls itself {file.name}")
    config = LstmConfig.of_card({"format": FORMAT, "lstm": file.config.model_dump()})
    return Recipe(name, config, file.evidence)


def _reason(error: Exception) -> str:
    return first_fault(error) if isinstance(error, ValidationError) else str(error)
