"""``etf-forecast record``, as an operator runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forecasting.__main__ import run
from tests.support.issued import database


def test_export_writes_the_page_and_says_when_there_is_nothing_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/track.db")
    database(tmp_path, 3).dispose()
    command = ("record", "export", "public/record", "--prices", "simulated")
    assert [run(command), run(command)] == [0, 0]
    assert capsys.readouterr().out.splitlines() == [
        "public/record/index.html shows the record.",
        "public/record/index.html is up to date.",
    ]
    folder = tmp_path / "public/record"
    assert json.loads((folder / "record.json").read_text())["head"]["number"] == 3
    assert {path.name for path in folder.iterdir()} == {"index.html", "record.css", "record.js", "record.json", "rows"}


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/track.db")
    (tmp_path / "file").touch()
    assert run(("record", "export", f"{tmp_path}/file/record", "--prices", "simulated")) == 2
    assert f"{tmp_path}/file/record" in capsys.readouterr().err
