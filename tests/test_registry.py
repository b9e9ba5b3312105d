"""The registry: whole models or none, and one champion per ETF and source."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from forecasting import BadSettings, ModelMissing, Symbol
from forecasting.fingerprint import model_version
from forecasting.registry import ModelRegistry, RegisteredModel

SPY = Symbol("SPY")
FIRST = RegisteredModel("SPY-2024-12-31-00000001", b"weights", {"as_of": "2024-12-31", "seed": 1})
SECOND = RegisteredModel("SPY-2025-01-31-00000002", b"other weights", {"as_of": "2025-01-31"})

SAVE_AND_DIE = """
import os, sys
from pathlib import Path
from forecasting.registry import ModelRegistry, RegisteredModel

written = 0
sync = os.fsync

def die_at_the_second_file(descriptor):
    global written
    written += 1
    if written == int(sys.argv[2]):
        os._exit(9)
    sync(descriptor)

os.fsync = die_at_the_second_file
registry = ModelRegistry(Path(sys.argv[1]))
registry.save("csv", "SPY", RegisteredModel("SPY-2025-01-31-00000002", b"other weights", {"as_of": "2025-01-31"}))
registry.promote("csv", "SPY", "SPY-2025-01-31-00000002")
"""


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "new" / "models")


def test_a_model_comes_back_as_it_was(registry: ModelRegistry) -> None:
    registry.save("csv", SPY, FIRST)

    assert registry.load("csv", SPY, FIRST.version) == FIRST
    assert registry.versions("csv", SPY) == (FIRST.version,)
    folder = registry.folder / "csv" / "SPY" / FIRST.version
    assert {path.name for path in folder.iterdir()} == {"model.safetensors", "card.json"}


def test_the_champion_is_the_one_promoted_last(registry: ModelRegistry) -> None:
    for model in (FIRST, SECOND):
        registry.save("csv", SPY, model)
        registry.promote("csv", SPY, model.version)
    assert registry.champion("csv", SPY) == SECOND

    registry.promote("csv", SPY, FIRST.version)
    assert registry.champion("csv", SPY) == FIRST
    assert registry.versions("csv", SPY) == (FIRST.version, SECOND.version)


def test_sources_and_symbols_keep_their_own(registry: ModelRegistry) -> None:
    registry.save("csv", SPY, FIRST)
    registry.promote("csv", SPY, FIRST.version)

    for source, symbol in (("yahoo", SPY), ("csv", Symbol("ARKK"))):
        with pytest.raises(ModelMissing, match="etf-forecast retrain"):
            registry.champion(source, symbol)
        assert registry.versions(source, symbol) == ()


def test_what_is_not_kept_cannot_be_promoted(registry: ModelRegistry) -> None:
    with pytest.raises(ModelMissing, match=FIRST.version):
        registry.promote("csv", SPY, FIRST.version)


def test_the_same_model_again_renews_its_card(registry: ModelRegistry) -> None:
    registry.save("csv", SPY, FIRST)
    renewed = RegisteredModel(FIRST.version, FIRST.data, {"as_of": "2024-12-31", "seed": 2})

    registry.save("csv", SPY, renewed)

    assert registry.load("csv", SPY, FIRST.version) == renewed


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_killed_while_writing_it_keeps_what_was_there(registry: ModelRegistry, moment: int) -> None:
    """Model, card and champion are written in this order: the kill comes at each of them."""
    registry.save("csv", SPY, FIRST)
    registry.promote("csv", SPY, FIRST.version)

    killed = subprocess.run([sys.executable, "-c", SAVE_AND_DIE, str(registry.folder), str(moment)], check=False)

    assert killed.returncode == 9
    assert registry.champion("csv", SPY) == FIRST
    assert registry.versions("csv", SPY) == ((FIRST.version,) if moment < 3 else (FIRST.version, SECOND.version))
    registry.save("csv", SPY, SECOND)
    registry.promote("csv", SPY, SECOND.version)
    assert registry.champion("csv", SPY) == SECOND


def test_a_damaged_model_is_told_in_words(registry: ModelRegistry) -> None:
    registry.save("csv", SPY, FIRST)
    registry.promote("csv", SPY, FIRST.version)
    (registry.folder / "csv" / "SPY" / FIRST.version / "card.json").write_text('{"half": ')

    with pytest.raises(ModelMissing, match="etf-forecast retrain SPY"):
        registry.champion("csv", SPY)


def test_a_folder_that_cannot_be_written_is_found_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    for folder in (tmp_path / "file", tmp_path / "file" / "models", Path("/proc/models")):
        with pytest.raises(BadSettings, match="MODEL_DIR"):
            ModelRegistry(folder).check_writable()
    ModelRegistry(tmp_path / "new").check_writable()


def test_the_name_of_a_model_comes_from_its_bytes() -> None:
    name = model_version(SPY, date(2024, 12, 31), b"weights")

    assert name.startswith("SPY-2024-12-31-")
    assert len(name.rpartition("-")[2]) == 8
    assert name == model_version(SPY, date(2024, 12, 31), b"weights")
    assert name != model_version(SPY, date(2024, 12, 31), b"weight5")
