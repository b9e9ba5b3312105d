"""The errors that a person may read.

Each has a sentence that says what happened, to which thing, and what to do about it. The command line and the bot show
``str(error)`` as it is; any other exception is a bug and is logged.

    ForecastingError
    ├── UnknownSymbol          the source has no ETF of this name
    ├── NoForecastYet          the ETF is served, but it has no forecast yet
    ├── NotAFund               the symbol is not an ETF, a note or an index
    ├── NotEnoughHistory       too few sessions to forecast from
    ├── PricesError            the source could not give trustworthy prices
    │   ├── PricesUnavailable  the source cannot be reached: try again later
    │   │   └── RateLimited    the source refuses so many requests
    │   ├── PricesNotReady     the source does not have the whole newest session yet: try later
    │   ├── SymbolEnded        the ETF is no longer traded under this symbol
    │   └── BadPrices          the prices are wrong or cannot be read
    ├── ForecastMissing        the record has no forecast of that number
    ├── ModelMissing           the registry has no such model
    │   └── ModelDamaged       its files are damaged: the next training replaces it
    ├── UnsoundModel           a trained model failed its checks
    ├── CannotRollBack         the model cannot become champion again
    ├── JobRunning             another job holds the lock of this database
    ├── StorageFailed          the database or the disk fails
    ├── BackupFailed           a backup cannot be made or restored
    └── BadSettings            a setting or an option cannot be understood
"""

from __future__ import annotations

import re
from typing import Any, Literal

StorageCause = Literal["locked", "full", "read-only", "damaged", "gone"]
"""``gone``: it cannot be reached, or cannot be opened."""


class ForecastingError(Exception):
    """Base of all errors whose text is for a person.

    They can be pickled, so that a worker process can raise them, whatever arguments their constructors take.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[ForecastingError], args: tuple[Any, ...], facts: dict[str, Any]) -> ForecastingError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error


_CLASS_SHARE = re.compile(r"([A-Z]{1,5})[./ ]([A-CK])", re.IGNORECASE)
"""A share class as brokers write it: BRK.B. Yahoo writes BRK-B, and other letters behind a full stop are exchanges."""


class UnknownSymbol(ForecastingError):
    """The source has no ETF of this name; ``near`` is what may be meant."""

    def __init__(self, text: str, known: tuple[str, ...] = ()) -> None:
        self.text, self.known = text, known
        share = _CLASS_SHARE.fullmatch(text.strip())
        self.near = "-".join(share.groups()).upper() if share else None
        meant = f" Did you mean {self.near}?" if self.near else ""
        hint = f" Available here: {', '.join(known[:12])}." if known else ""
        super().__init__(f"No ETF called {text!r} is known here. Check the spelling.{meant}{hint}")


class NoForecastYet(ForecastingError):
    """The ETF is served, but it has no forecast yet; ``why`` is the reason if the last job failed at it."""

    def __init__(self, symbol: str, source: str, why: str = "") -> None:
        self.symbol, self.source, self.why = symbol, source, why
        then = (
            f"The last job failed: {why}"
            if why
            else f"The next training makes one. To start it now: etf-forecast retrain {symbol}"
        )
        super().__init__(f"{symbol} has no forecast from {source} prices yet. {then}")


class NotAFund(ForecastingError):
    """The symbol is known, but it is not an ETF, an exchange-traded note or an index."""

    def __init__(self, symbol: str, name: str, kind: str) -> None:
        self.symbol, self.name, self.kind = symbol, name, kind
        super().__init__(
            f"{symbol} ({name or 'unnamed'}) is of the type {kind}, not an ETF, an exchange-traded note or an index. "
            "Choose one of those."
        )


class NotEnoughHistory(ForecastingError):
    """Too few sessions to forecast from, or for another ``purpose``."""

    def __init__(self, symbol: str, sessions: int, needed: int, purpose: str = "a forecast") -> None:
        self.symbol, self.sessions, self.needed = symbol, sessions, needed
        super().__init__(
            f"{symbol} has prices for only {sessions} trading days, and {purpose} needs at least {needed}. "
            "Wait until it has traded longer."
        )


class NoPastReturns(ForecastingError):
    """An older program stored the report of ``symbol``, without the returns that paths are made from."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        super().__init__(
            f"The newest forecast of {symbol} was stored without its past returns. They come with the next refresh: "
            f"etf-forecast refresh {symbol}"
        )


class TooLittleInCommon(ForecastingError):
    """The ETFs have too few sessions, or too few that all of them were traded in, to tell how they move together."""

    def __init__(self) -> None:
        super().__init__(
            "The ETFs have been traded together for less than about a year and a half, too short to tell how they move "
            "together. Leave out the youngest."
        )


class PricesError(ForecastingError):
    """The source could not give trustworthy prices."""


class PricesUnavailable(PricesError):
    """The source is down or cannot be reached; the same call may work later."""


class RateLimited(PricesUnavailable):
    """The source refuses so many requests; the same call works after minutes or hours."""


class PricesNotReady(PricesError):
    """The source does not have the whole newest session yet; the same call will work later."""


class SymbolEnded(PricesError):
    """The ETF has no new prices any more: it was closed, delisted or renamed."""


class BadPrices(PricesError):
    """The prices are wrong or cannot be read."""


class ForecastMissing(ForecastingError):
    """The record has no forecast of that number."""

    def __init__(self, number: int, issued: int) -> None:
        self.number, self.issued = number, issued
        on_it = f"it holds {issued}, numbered from 1" if issued else "it is still empty"
        super().__init__(f"There is no forecast {number} on the record: {on_it}. See: etf-forecast track --export FILE")


class ModelMissing(ForecastingError):
    """The registry has no such trained model."""


class ModelDamaged(ModelMissing):
    """The registry has files of the model, but they are damaged: the next training of the ETF replaces it."""


class UnsoundModel(ForecastingError):
    """A trained model failed its checks, and there is no other model to forecast with."""


class CannotRollBack(ForecastingError):
    """The model named cannot become champion again."""


class JobRunning(ForecastingError):
    """Another job holds the lock of this database."""


class StorageFailed(ForecastingError):
    """The database or the disk fails; the same call may work later. See ``forecasting.storage.failures``."""

    def __init__(self, cause: StorageCause, sentence: str) -> None:
        self.cause = cause
        super().__init__(sentence)


class BackupFailed(ForecastingError):
    """A backup cannot be made or restored."""


class BadSettings(ForecastingError):
    """A setting or an option cannot be understood."""
