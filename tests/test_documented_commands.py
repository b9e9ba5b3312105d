"""Every command in README and the documents exists, with these options, arguments and targets."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from bot.__main__ import main
from forecasting.cli import cli
from tests.support.trained import Home

ROOT = Path(__file__).parents[1]
PAGES = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks" / "README.md")
TOLD = {"CHANGELOG.md", "decisions.md"}
"""These tell of commands that were."""
PROGRAMS = {"etf-bot": main, "etf-forecast": cli}
PLACEHOLDER = re.compile(r"\b(FILE|DIR|FOLDER|DATE|SYMBOL|SOURCE|FORECAST_ID|MODEL|NUMBER|N|D)\b|[…<]|\.\.\.")
"""Of a synopsis, whose words need not be values."""


def documented(page: Path) -> Iterator[tuple[str, bool]]:
    """The command lines of a page, and whether each is to be typed as it stands: a line of a block is."""
    text = page.read_text(encoding="utf-8")
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if language in ("", "sh", "bash"):
            yield from ((line, True) for line in block.replace("\\\n", " ").splitlines())
    outside = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^    (etf-(?:bot|forecast) .+?)(?:  .*)?$", outside, re.MULTILINE)
    yield from ((line, True) for line in indented)
    yield from ((" ".join(code.split()), False) for code in re.findall(r"`([^`]+)`", outside))


def commands(line: str) -> Iterator[list[str]]:
    """The words of each command of a shell line, without what only a shell needs."""
    line = re.sub(r"docker compose run (?:--\S+ (?:\S+:\S+ )?)*bot ", "etf-bot ", re.sub(r"\$\([^)]*\)", "X", line))
    for part in re.split(r"\s*(?:&&|;|\s\|\s)\s*", line):
        bare = re.sub(r"[\[\]]", " ", re.sub(r"(?<=\w)\|\S+", "", part)).replace("…", "").replace("...", "")
        try:
            words = shlex.split(bare, comments=True)
        except ValueError:
            continue
        for place, word in enumerate(words):
            if Path(word).name in (*PROGRAMS, "make"):
                yield [Path(word).name, *words[place + 1 :]]
                break
            if not re.match(r"\w+=|-|\d|\*|sudo$|env$|docker$|compose$|run$|exec$|bot$|cd$", word):
                break


def problem(words: list[str], *, as_typed: bool, is_synopsis: bool) -> str | None:
    """Why a program would refuse these words; None if it would not."""
    command: click.Command = PROGRAMS[words[0]]
    context = click.Context(command, info_name=words[0])
    rest = words[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest[0])
        if found is None:
            return f"{words[0]} has no command {rest[0]}"
        command, rest = found, rest[1:]
        context = click.Context(command, context, info_name=command.name)
    known = {name for each in command.get_params(context) for name in (*each.opts, *each.secondary_opts)}
    unknown = [word for word in rest if word.startswith("-") and word.partition("=")[0] not in known]
    if unknown:
        return f"{command.name} has no option {unknown[0]}"
    if isinstance(command, click.Group) or "--help" in rest or not (as_typed or is_synopsis):
        return None
    try:
        command.make_context(command.name, list(rest), context.parent)
    except click.BadParameter as error:
        return None if is_synopsis else error.format_message()
    except click.UsageError as error:
        return error.format_message()
    return None


TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in TOLD], ids=lambda page: page.name)
def test_every_command_of_a_page_would_be_taken(page: Path) -> None:
    wrong = []
    for line, as_typed in documented(page):
        for program, *words in commands(line):
            if program == "make":
                wrong += [f"make {word}" for word in words if "=" not in word and word not in TARGETS]
            elif found := problem([program, *words], as_typed=as_typed, is_synopsis=bool(PLACEHOLDER.search(line))):
                wrong.append(f"{line}: {found}")
        if module := re.search(r"python (?:-m )?((?:benchmarks|docs|tests)[\w./]*)", line):
            place = ROOT / module[1].removesuffix(".py").replace(".", "/")
            wrong += [] if place.with_suffix(".py").exists() or place.is_dir() else [line]
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        "etf-bot chek",
        "etf-bot check --onlin",
        "cd /x && PRICES=yahoo .venv/bin/etf-bot backup a b # all",
        "etf-forecast show",
        "docker compose exec bot etf-forecast show SPY --as-of x | less",
        "docker compose run --rm --volume $PWD:/x:ro bot restor /x/b.zip",
    ],
)
def test_what_a_program_would_refuse_is_found(line: str) -> None:
    (words,) = commands(line)
    assert problem(words, as_typed=True, is_synopsis=False)


def test_the_pages_have_commands() -> None:
    lines = [line for page in PAGES for line, _ in documented(page) if page.name not in TOLD]
    assert len([words for line in lines for words in commands(line)]) >= 60


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "typed", "offered"),
    [
        ("etf-bot", "check --on", {"--online"}),
        ("etf-forecast", "re", {"retrain", "refresh", "reproduce", "replay", "record"}),
    ],
)
def test_the_shell_completes_commands_and_options(program: str, typed: str, offered: set[str]) -> None:
    module = "bot.__main__" if program == "etf-bot" else "forecasting.__main__"
    line = f"{program} {typed}"
    asked = {f"_{program.upper().replace('-', '_')}_COMPLETE": "bash_complete"}
    asked |= {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    code = f"import sys; from {module} import main; sys.argv = ['{program}']; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert {answer.partition(",")[2] for answer in done.stdout.split()} == offered, done.stderr


@pytest.mark.slow
def test_the_notebook_gets_its_forecast_in_five_lines(
    trained: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "notebook.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len([line for line in blocks[0].splitlines() if line]) == 5
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "forecasts.db").symlink_to(trained.folder / "forecasts.db")
    monkeypatch.chdir(tmp_path)
    shown: list[bytes] = []
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(Image=shown.append))
    names: dict[str, object] = {}
    for block in (blocks[0], blocks[2]):  # between them pandas plots, which needs pyplot
        exec(block, names)  # noqa: S102 - our own document
    fan, report = names["fan"], trained.json("show", "SPY")
    assert fan.reset_index(names="session").astype({"session": str}).to_dict("records") == [  # type: ignore[attr-defined]
        {name: value for name, value in row.items() if name != "step"} for row in report["forecast"]
    ]
    assert shown[0].startswith(b"\x89PNG")
    assert len(names["closes"]) == len(report["history"])  # type: ignore[arg-type]
