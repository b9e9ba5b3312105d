"""What people write into ``.env`` by mistake: ``etf-bot check`` says of each, in a line, what to write instead."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.settings import BotSettings
from tests.bot.test_main import ROOT, etf_bot
from tests.support import programs

TOKEN = ".".join(("MTIzNDU2Nzg5MDEy", "GAbCdE", "x" * 38))
SECRET = "hunter2"  # noqa: S105 - stands in passwords, and in nothing that is printed

WRONG = [
    # The text of .env, the name that the line begins with, and its remedy.
    ("PRICE=simulated", "PRICE", "Did you mean PRICES?"),
    (f"DISCORD_TOKN={TOKEN}", "DISCORD_TOKN", "Did you mean DISCORD_TOKEN?"),
    (f"DISCORD_BOT_TOKEN={TOKEN}", "DISCORD_BOT_TOKEN", "Did you mean DISCORD_TOKEN?"),
    ("TIMEZONE=UTC", "TIMEZONE", "Did you mean TIME_ZONE?"),
    ("worker=2", "worker", "Did you mean WORKERS?"),
    ("PRICES", "PRICES", "Write PRICES=VALUE"),
    ("PRICES: yahoo", "PRICES", "Write PRICES=VALUE"),
    ("WORKERS=1\nWORKERS=2", "WORKERS", "lines 1 and 2"),
    ("just words", ".env", "line 1 of .env"),
    ("ALLOWED_SERVERS=my server", "ALLOWED_SERVERS", "Copy Server ID"),
    ("SHARD_COUNT=0", "SHARD_COUNT", "from 1 to 10,000"),
    ("SHARD_IDS=0", "SHARD_IDS", "needs SHARD_COUNT"),
    ("SHARD_COUNT=4\nSHARD_IDS=0,4", "SHARD_IDS", "no shard 4: with SHARD_COUNT=4 they are numbered from 0 to 3"),
    ("SHARD_COUNT=4\nSHARD_IDS=0-2,1", "SHARD_IDS", "Name each once"),
    ("SHARD_COUNT=4\nSHARD_IDS=2-1", "SHARD_IDS", "0,2 or 0-3"),
    ("SHARD_COUNT=4\nSHARD_IDS=all", "SHARD_IDS", "0,2 or 0-3"),
    ("REPORT_LIMIT=6", "REPORT_LIMIT", "5"),
    ("ALERT_LIMIT=-1", "ALERT_LIMIT", "0"),
    ("WORKERS=abc", "WORKERS", "one per core"),
    ("WORKERS=-1", "WORKERS", "one per core"),
    ("WORKERS=0", "WORKERS", "one per core"),
    ("WORKERS=1000", "WORKERS", "one per core"),
    ("WORKERS=2.5", "WORKERS", "one per core"),
    ("DEVICE=gpu", "DEVICE", "Write cpu, cuda for a GPU"),
    pytest.param(
        "DEVICE=cuda:99", "DEVICE", "torch's build for CUDA (docs/cluster.md), or write cpu", marks=pytest.mark.slow
    ),
    ("RECIPE=owl", "RECIPE", "There are: default"),
    ("RECIPE=../owl", "RECIPE", "There are: default"),
    ("TEACHERS=SPY TLT", "TEACHERS", "SPY,TLT"),
    ("TEACHERS=?", "TEACHERS", "SPY,TLT"),
    ("TEACHERS=none", "TEACHERS", "Leave it empty for none: TEACHERS="),
    ("UNIVERSE=None", "UNIVERSE", "Leave it empty for none: UNIVERSE="),
    ("CLUSTER=tcp://10.0.0.5:87860", "CLUSTER", "tcp://HOST:8786"),
    ("UNIVERSE=QQQ=Invesco QQQ, Trust", "UNIVERSE", 'QQQ="Invesco QQQ, Trust"'),
    ('UNIVERSE="QQQ","TLT"', "UNIVERSE", "one pair of quotes"),
    ('UNIVERSE=QQQ="Invesco', "UNIVERSE", "never closed"),
    ("UNIVERSE='QQQ", "UNIVERSE", "one pair of quotes"),
    ("UNIVERSE=QQQ=Invesco #1 Trust,TLT", "UNIVERSE", "single quotes"),
    ("UNIVERSE=QQQ;TLT", "UNIVERSE", "Write it like"),
    ('UNIVERSE=["QQQ", "TLT"]', "UNIVERSE", "Write it like"),
    ("UNIVERSE=^VIX", "UNIVERSE", "Write it like"),
    ("UNIVERSE_ONLY=QQQ;TLT", "UNIVERSE_ONLY", "Write it like"),
    ("MODEL_DIR=file/models", "MODEL_DIR", "Name another path"),
    ("MODEL_DIR=file", "MODEL_DIR", "Name another path"),
    ("MODEL_DIR=dangling/models", "MODEL_DIR", "Name another path"),
    ("MODEL_DIR=circle/models", "MODEL_DIR", "Name another path"),
    (f"MODEL_DIR=/tmp/{'m' * 300}", "MODEL_DIR", "Name another path"),
    ("MODEL_DIR=~nobody-of-this-name/models", "MODEL_DIR", "Write the whole path"),
    ("MODEL_DIR='$HOME/models'", "MODEL_DIR", "Write the whole path"),
    ("PRICES=yaho", "PRICES", "yahoo, csv:DIR, simulated"),
    ("PRICES=csv", "PRICES", "yahoo, csv:DIR, simulated"),
    ("PRICES=csv:nowhere", "PRICES", "or write yahoo"),
    ("PRICES=csv:empty", "PRICES", "or write yahoo"),
    (f"PRICES=csv:{'p' * 300}", "PRICES", "or write yahoo"),
    ("PRICES=csv:circle", "PRICES", "or write yahoo"),
    ("PRICES=csv:~nobody-of-this-name", "PRICES", "Write the whole path"),
    ("PRICES='csv:$HOME/prices'", "PRICES", "Write the whole path"),
    ("PRICES=simulated:empty", "PRICES", "yahoo, csv:DIR, simulated"),
    ("DATABASE_URL=sqlite://", "DATABASE_URL", "sqlite:///var/forecasts.db"),
    ("DATABASE_URL=sqlite:///:memory:", "DATABASE_URL", "sqlite:///var/forecasts.db"),
    ("DATABASE_URL=sqlite://var/x.db", "DATABASE_URL", "sqlite:///var/x.db"),
    ("DATABASE_URL=sqlite:///~/x.db", "DATABASE_URL", "the whole path"),
    ("DATABASE_URL='sqlite:///$HOME/x.db'", "DATABASE_URL", "the whole path"),
    ("DATABASE_URL=sqlite:///file:x.db?mode=ro&uri=true", "DATABASE_URL", "Write sqlite:///x.db"),
    ("DATABASE_URL=sqlite:///x.db?journal=wal", "DATABASE_URL", "Write sqlite:///x.db"),
    ("DATABASE_URL=sqlite:///dangling", "DATABASE_URL", "Name another path"),
    ("DATABASE_URL=sqlite:///circle", "DATABASE_URL", "Name another path"),
    ("DATABASE_URL=sqlite:////dev/null", "DATABASE_URL", "Name another file"),
    (f"DATABASE_URL=sqlite:///{'d' * 300}", "DATABASE_URL", "Name another path"),
    ("DATABASE_URL=sqlite:///empty", "DATABASE_URL", "Name a file in it"),
    ("DATABASE_URL=sqlite:///file", "DATABASE_URL", "Name another file"),
    ("DATABASE_URL=sqlite:///file/x.db", "DATABASE_URL", "Name another path"),
    ("DATABASE_URL=var/forecasts.db", "DATABASE_URL", "sqlite:///var/forecasts.db"),
    (f"DATABASE_URL=mysql://u:{SECRET}@h/d", "DATABASE_URL", "postgresql://USER"),
    (f"DATABASE_URL=postgresql+asyncpg://u:{SECRET}@h/d", "DATABASE_URL", "postgresql://USER"),
    (f"DATABASE_URL=postgresql://u:p@{SECRET}@127.0.0.1/d", "DATABASE_URL", "%40"),
    (f"DATABASE_URL=postgresql://u:p#{SECRET}@127.0.0.1:1/d", "DATABASE_URL", "%23"),
    (f"DATABASE_URL=postgresql://u:p #{SECRET}@127.0.0.1:1/d", "DATABASE_URL", "single quotes"),
    (f"DATABASE_URL=postgresql://u:{SECRET}@127.0.0.1:port/d", "DATABASE_URL", "postgresql://USER"),
    (f"DATABASE_URL=postgresql://u:{SECRET}@127.0.0.1:1/d", "DATABASE_URL", "Check that it runs"),
    ("DISCORD_TOKEN=123456789012345678", "DISCORD_TOKEN", "Reset Token"),
    (f"DISCORD_TOKEN={'0a' * 32}", "DISCORD_TOKEN", "Reset Token"),
    (f"DISCORD_TOKEN={'aB3_' * 8}", "DISCORD_TOKEN", "Reset Token"),
    (f"DISCORD_TOKEN=Bot {TOKEN}", "DISCORD_TOKEN", "Reset Token"),
    ("DISCORD_TOKEN=<token>", "DISCORD_TOKEN", "Reset Token"),
    (f"DISCORD_TOKEN={TOKEN.replace('x', 'é', 1)}", "DISCORD_TOKEN", "Reset Token"),
    ("DISCORD_TOKEN=", "DISCORD_TOKEN", "etf-bot playground"),
    ("TIME_ZONE=Europe/Nowhere", "TIME_ZONE", "Europe/Berlin"),
    ("TIME_ZONE=Europe", "TIME_ZONE", "Europe/London"),
    ("RETRAIN_DAY=0", "RETRAIN_DAY", "mon, tue"),
    ("RETRAIN_TIME=25:00", "RETRAIN_TIME", "08:00"),
    ("RETRAIN_TIME=800", "RETRAIN_TIME", "08:00"),
    ("REFRESH_TIME=18:00+01:00", "REFRESH_TIME", "08:00"),
    ("JOB_TIME_LIMIT=0", "JOB_TIME_LIMIT", "leave it out for 60"),
    ("JOB_TIME_LIMIT=inf", "JOB_TIME_LIMIT", "leave it out for 60"),
    ("JOB_TIME_LIMIT=1 hour", "JOB_TIME_LIMIT", "leave it out for 60"),
    ("WATCH_LIMIT=26", "WATCH_LIMIT", "from 0 to 25"),
    ("WATCH_LIMIT=ten", "WATCH_LIMIT", "from 0 to 25"),
    ("OPERATOR_ROLE=@ops", "OPERATOR_ROLE", "Copy Role ID"),
    ("OPERATOR_ROLE=0", "OPERATOR_ROLE", "Copy Role ID"),
    ("CHART_THEME=pink", "CHART_THEME", "dark or light"),
    ("LOG_LEVEL=loud", "LOG_LEVEL", "DEBUG or INFO"),
    ("LOG_FORMAT=xml", "LOG_FORMAT", "text or json"),
    ("HEALTH_PORT=web", "HEALTH_PORT", "from 1 to 65,535"),
    ("HEALTH_PORT=0", "HEALTH_PORT", "from 1 to 65,535"),
    ("HEALTH_HOST=localhost", "HEALTH_HOST", "127.0.0.1"),
    ("HEALTH_HOST=203.0.113.7\nHEALTH_PORT=8481", "HEALTH_HOST", "0.0.0.0 in a container"),
    ("HEALTH_PORT=8481\nRECORD_PORT=8481", "RECORD_PORT", "Write another one"),
    (f"PUSH_URL=kuma.example/{SECRET}", "PUSH_URL", "https://"),
    (f"PUSH_URL='https://kuma.example/a {SECRET}'", "PUSH_URL", "https://"),
    (f"PUSH_URL=https://:80/{SECRET}", "PUSH_URL", "https://"),
    (f"PUSH_URL=https://kuma.example:99999/{SECRET}", "PUSH_URL", "https://"),
    (f"PUSH_URL='https://[kuma/{SECRET}'", "PUSH_URL", "https://"),
    (f"PUSH_URL=https://kuma.example/a #{SECRET}", "PUSH_URL", "single quotes"),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with an empty folder, a file and two links to nothing. The environment sets nothing."""
    for name in BotSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("no folder and no database")
    (tmp_path / "dangling").symlink_to("file/nothing")
    (tmp_path / "circle").symlink_to("circle")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> Mapping[Path, tuple[bytes, int]]:
    return {
        path: (path.read_bytes() if path.is_file() else b"", path.lstat().st_mtime_ns) for path in folder.rglob("*")
    }


def check(home: Path) -> tuple[int, list[str]]:
    """Exit code and lines of ``etf-bot check``, which must have left ``home`` as it was."""
    if (home / ".env").is_file():
        (home / ".env").chmod(0o600)
    before = contents(home)
    done = CliRunner().invoke(main, ["check"], catch_exceptions=False)
    assert contents(home) == before, "check changes nothing"
    return done.exit_code, done.output.splitlines()


@pytest.mark.parametrize(("text", "name", "remedy"), WRONG)
def test_a_wrong_setting_is_one_line_with_its_remedy(home: Path, text: str, name: str, remedy: str) -> None:
    rest = "" if "DISCORD_T" in text else f"\nDISCORD_TOKEN={TOKEN}"
    (home / ".env").write_text(text + rest)
    code, lines = check(home)
    assert code == 2
    (line,) = (line for line in lines if line.startswith(f"{name}: "))
    assert remedy in line
    assert SECRET not in "\n".join(lines)
    others = [line for line in lines if line != line.removesuffix(": ok") or line.startswith(name)]
    assert set(lines) - set(others) <= {line for line in lines if name.startswith("DISCORD") and "not set" in line}


def test_a_name_that_nothing_reads_is_a_warning_but_for_those_of_docker_compose(home: Path) -> None:
    text = f"DISCORD_TOKEN={TOKEN}\nGREETING=hello\nPOSTGRES_PASSWORD={SECRET}\nCOMPOSE_PROFILES=postgres"
    (home / ".env").write_text(text)
    code, lines = check(home)
    assert code == 0
    assert [line for line in lines if not line.endswith(": ok")] == [
        "GREETING: warning: no setting has this name, so it does nothing. .env.example lists them all."
    ]


def test_a_port_in_use_is_fine_for_the_bot_itself_may_have_it(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        (home / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\nHEALTH_PORT={server.getsockname()[1]}")
        assert check(home)[0] == 0


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "PRICES"])
def test_the_environment_is_checked_like_the_file(home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("LOG_LEVELS", "INFO")
    code, lines = check(home)
    assert code == 2
    wrong = [line.split(":")[0] for line in lines if not line.endswith(": ok")]
    assert sorted(wrong) == sorted([name, "LOG_LEVELS"])


def test_all_wrong_settings_are_named_at_once(home: Path) -> None:
    several = ["WORKERS=abc", "RECIPE=owl", "MODEL_DIR=file", "PRICE=x", "LOG_LEVEL=loud", "DATABASE_URL=sqlite://"]
    (home / ".env").write_text("\n".join(several))
    code, lines = check(home)
    assert code == 2
    wrong = {line.split(":")[0] for line in lines if not line.endswith(": ok")}
    assert wrong == {"DISCORD_TOKEN", *(line.split("=")[0] for line in several)}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (f"DISCORD_TOKEN={TOKEN}\r\n".encode("utf-16"), "encoding UTF-8"),
        (f"DISCORD_TOKEN={TOKEN}\r\n".encode("utf-16-le"), "encoding UTF-8"),
        ("UNIVERSE=QQQ=Größe".encode("latin-1"), "encoding UTF-8"),
        (None, "this is a folder"),
    ],
)
def test_an_env_file_that_is_none_is_one_line(home: Path, data: bytes | None, words: str) -> None:
    (home / ".env").mkdir() if data is None else (home / ".env").write_bytes(data)
    code, lines = check(home)
    assert code == 2
    (line,) = (line for line in lines if line.startswith(".env: "))
    assert words in line
    assert TOKEN not in "".join(lines)


def test_a_file_from_windows_is_read(home: Path) -> None:
    (home / ".env").write_bytes(f"DISCORD_TOKEN={TOKEN}\r\nPRICES=Simulated\r\n".encode("utf-8-sig"))
    assert check(home) == (0, ["settings: ok", "DATABASE_URL: ok", "MODEL_DIR: ok", "PRICES: ok", "DISCORD_TOKEN: ok"])


def test_names_with_commas_and_signs_have_a_way_to_be_written(home: Path) -> None:
    names = """UNIVERSE='QQQ="Invesco QQQ, Trust",TLT=The #1 Bond'"""
    (home / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\n{names}\nWORKERS=1  # on this machine\n")
    assert check(home)[0] == 0
    assert BotSettings.load().universe == names.split("'")[1]


def unprivileged(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``etf-bot`` without root's right to read and write everything and open any port, whoever runs the tests."""
    limited = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-net_bind_service"] if os.getuid() == 0 else []
    return subprocess.run(
        [*limited, sys.executable, "-m", "bot", *arguments],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="drops the rights of root as Linux knows them")
def test_what_this_user_may_not_read_or_write_is_named(home: Path) -> None:
    (home / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\nMODEL_DIR=locked/models\nDATABASE_URL=sqlite:///locked/x.db")
    (home / "locked").mkdir(mode=0o555)
    done = unprivileged(home, "check")
    assert (done.returncode, done.stderr) == (2, "")
    for name in ("MODEL_DIR", "DATABASE_URL"):
        (line,) = (line for line in done.stdout.splitlines() if line.startswith(name))
        assert "may not write in the folder locked" in line.replace(f"{home}/", "")

    if Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text() > "1":
        (home / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\nPRICES=simulated\nRECORD_PORT=1")
        done = unprivileged(home, "check")
        assert done.returncode == 2
        assert "RECORD_PORT: 127.0.0.1:1 cannot be opened (Permission denied). Write another one above" in done.stdout

    (home / ".env").write_text(f"DISCORD_TOKEN={TOKEN}")
    home.chmod(0o555)  # where Yahoo's cookies would have to be kept
    done = unprivileged(home, "check")
    home.chmod(0o755)
    assert done.returncode == 2
    assert "PRICES: yahoo needs the folder var for its cookies: this user may not write in" in done.stdout

    home.chmod(0o555)
    done = unprivileged(home, "init")
    home.chmod(0o755)
    assert done.returncode == 2
    assert f"This user may not write in the folder {home}" in done.stderr

    (home / ".env").chmod(0)
    done = unprivileged(home, "check")
    assert (done.returncode, done.stderr) == (2, "")
    assert ".env: the file cannot be read (Permission denied). Give it to the user" in done.stdout


@pytest.mark.slow
def test_the_playground_refuses_wrong_settings_and_a_folder_for_answers_that_cannot_be(home: Path) -> None:
    wrong = {"DATABASE_URL": "sqlite://", "MODEL_DIR": "file", "WORKERS": "abc"}
    done = programs.run("bot", ["playground", "--send", "/help"], home, {"PATH": os.environ["PATH"], **wrong})
    assert (done.returncode, done.stdout) == (2, "")
    assert {line.split(":")[0] for line in done.stderr.splitlines()} == set(wrong)

    save = ["playground", "--send", "/help", "--save", "file/answers"]
    done = programs.run("bot", save, home, {"PATH": os.environ["PATH"]})
    assert (done.returncode, done.stdout) == (2, "")
    assert "--save: the folder file/answers cannot be made" in done.stderr


@pytest.mark.slow
def test_both_programs_refuse_the_same_settings_with_the_same_lines_and_start_nothing(home: Path) -> None:
    shared = ["WORKERS=abc", "RECIPE=owl", "MODEL_DIR=file", "PRICE=x", "TEACHERS=?", "DATABASE_URL=sqlite://"]
    (home / ".env").write_text("\n".join((*shared, "UNIVERSE=a b", f"DISCORD_TOKEN={TOKEN}")))
    before = contents(home)
    bot = etf_bot(home, "run")
    job = programs.run("forecasting", ["retrain"], home, {"PATH": os.environ["PATH"]})
    assert (bot.returncode, job.returncode) == (2, 2)
    assert sorted(bot.stderr.splitlines()) == sorted(job.stderr.splitlines())
    assert {line.split(":")[0] for line in bot.stderr.splitlines()} == {
        "UNIVERSE",
        *(line.split("=")[0] for line in shared),
    }
    assert contents(home) == before


def test_a_job_looks_at_no_file_since_the_bot_has_given_it_everything(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forecasting import ForecastSettings

    (home / ".env").write_text("WORKERS=abc\nPRICE=x")
    for name, value in BotSettings(_env_file=None).for_jobs().items():
        monkeypatch.setenv(name, value)
    assert ForecastSettings.load() == ForecastSettings(_env_file=None)
