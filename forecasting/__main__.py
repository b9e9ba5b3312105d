"""The command line: ``python -m forecasting``, installed as ``etf-forecast``.

Exit codes: 0 done; 1 some symbols failed, unknown symbol, no forecast yet; 2 bad usage or settings; 130 stopped by
Ctrl-C; 143 stopped by SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import click

from forecasting.cli import cli
from forecasting.errors import BadSettings, ForecastingError
from forecasting.job.parent import end_with_parent


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out one command and return its exit code. What fails in a known way is one sentence on stderr."""
    signal.signal(signal.SIGTERM, _stop)
    end_with_parent()
    try:
        code = cli.main(list(arguments), prog_name="etf-forecast", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("Stopped. What was finished is stored.", err=True)
        return 130
    except ForecastingError as error:
        click.echo(str(error), err=True)
        return 2 if isinstance(error, BadSettings) else 1
    except BrokenPipeError:  # the reader has seen enough (| head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from forecasting.storage.failures import storage_failure  # loads SQLAlchemy, which not every command needs

        if (failure := storage_failure(error)) is None:
            raise
        click.echo(str(failure), err=True)
        return 1
    return int(code or 0)


def _stop(number: int, _frame: FrameType | None) -> None:
    """Leave by way of every ``with`` block, so that the workers end and the lock is given back."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
