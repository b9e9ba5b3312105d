"""The whole examination, and the repair of what can be repaired, after a backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from forecasting.backup import back_up
from forecasting.champion.registry import ModelRegistry
from forecasting.errors import BackupFailed, ForecastingError
from forecasting.health.contents import examine_prices, examine_record, examine_reports
from forecasting.health.database import examine_database, examine_older
from forecasting.health.files import examine_files
from forecasting.health.models import examine_models
from forecasting.health.problem import RESTORE, Problem
from forecasting.settings import ForecastSettings
from forecasting.settings.places import database_problem, is_older, recipe_problem
from forecasting.storage.database import connect_lazily, database_file
from forecasting.storage.failures import storage_failure
from forecasting.storage.lease import job_lock


@dataclass(frozen=True)
class Repaired:
    """What a repair has done.

    Attributes:
        backup: of database and models as they were before; None if there was nothing to repair.
        done: the problems that were repaired.
        failed: those whose repair failed, each with the reason.
    """

    backup: Path | None
    done: tuple[Problem, ...]
    failed: tuple[tuple[Problem, str], ...]


def examine(settings: ForecastSettings, engine: Engine | None, now: datetime) -> list[Problem]:
    """All problems of the installation. Nothing is changed.

    Args:
        engine: of the database, see ``opened``.
        now: aware.
    """
    problems: list[Problem] = []
    try:
        for problem in _examined(settings, engine, now):
            problems.append(problem)  # noqa: PERF402 - what was found before a failure is kept
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be read ({error.strerror})."
        problems.append(
            Problem("files", what, "The rest was not examined. Give it to this user, or name another place.")
        )
    return problems


@contextmanager
def opened(url: str) -> Iterator[Engine | None]:
    """An engine on the database at ``url``; None if there is none yet or it cannot be used."""
    file = database_file(url)
    if database_problem(url) is not None or (file is not None and not _has_content(file)):
        yield None
        return
    engine = connect_lazily(url)
    try:
        yield engine
    finally:
        engine.dispose()


def repair(settings: ForecastSettings, engine: Engine | None, problems: Sequence[Problem], now: datetime) -> Repaired:
    """Repair what can be repaired, after a backup of everything.

    Raises:
        BackupFailed: no backup can be made, so nothing was repaired.
        JobRunning: a job is at work.
    """
    to_do = [problem for problem in problems if problem.repair is not None]
    if not to_do:
        return Repaired(None, (), ())
    if engine is None:
        raise BackupFailed("Nothing was repaired, since the database cannot be used and so no backup can be made.")
    file = database_file(settings.database_url)
    folder = (settings.model_dir if file is None else file).parent
    done, failed = [], []
    # An older database may have no table for locks. It is upgraded, and what else there is to repair is left.
    if older := is_older(settings.database_url):
        to_do = [problem for problem in to_do if problem.part == "database"]
    with nullcontext() if older else job_lock(engine, "doctor", lambda: now):
        backup = folder / f"before-repair-{now:%Y-%m-%dT%H%M%S}.zip"
        try:
            back_up(settings.database_url, settings.model_dir, backup, now)
        except BackupFailed as error:
            raise BackupFailed(f"Nothing was repaired, since there is no backup. {error}") from error
        for problem in to_do:
            assert problem.repair is not None  # noqa: S101 - chosen above
            try:
                problem.repair()
            except (OSError, SQLAlchemyError, ForecastingError) as error:
                failed.append((problem, str(storage_failure(error) or error)))
            else:
                done.append(problem)
    return Repaired(backup, tuple(done), tuple(failed))


def _examined(settings: ForecastSettings, engine: Engine | None, now: datetime) -> Iterator[Problem]:
    url, registry = settings.database_url, ModelRegistry(settings.model_dir)
    file = database_file(url)
    usable = None
    if problem := database_problem(url):
        yield Problem(
            "database", f"{problem[0].upper()}{problem[1:]}", "Until then, only models and files are examined."
        )
    elif engine is None and registry.leftovers() + tuple(registry.folder.glob("*/*/champion")):
        yield Problem("database", f"There are models, but no database at {file}.", RESTORE)
    elif engine is not None and is_older(url):
        yield examine_older(engine)
    elif engine is not None:
        usable = engine
    if usable is not None:
        try:
            yield from examine_database(usable, now)
            yield from examine_record(usable)
            yield from examine_reports(usable)
            yield from examine_prices(usable)
        except DBAPIError as error:
            usable, failure = None, storage_failure(error)
            if failure is not None and failure.cause == "damaged":
                yield Problem("database", "The file is damaged.", RESTORE)
            else:
                yield Problem("database", str(failure or error.orig), "The rest of it was not examined.")
    yield from examine_models(registry, usable, now)
    if problem := recipe_problem(settings.recipe, settings.model_dir):
        yield Problem("models", f"RECIPE: {problem}", "No ETF is trained until then.")
    yield from examine_files(registry, file, now)


def _has_content(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
