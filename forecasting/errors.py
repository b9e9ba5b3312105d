"""Failures that are fit to show a person.

Every one of these carries a sentence that says what happened, to which thing, and what to do about it. Whoever meets
one (a cog, the command line) shows ``str(error)`` as it is; anything else is a bug and gets a log entry.

    ForecastingError
    ├── UnknownSymbol          the text names no ETF that the source has
    ├── NoForecastYet          the ETF is served, but no job has stored a forecast for it
    ├── NotAFund               the symbol is a share, a currency or the like, where an ETF, a note or an index is wanted
    ├── NotEnoughHistory       too few sessions to forecast from
    ├── PricesError            the source could not give trustworthy prices
    │   ├── PricesUnavailable  source down, or not reachable: try again later
    │   │   └── RateLimited    the source wants to be asked less often
    │   ├── PricesNotReady     the newest session is not complete at the source yet: try again later
    │   ├── SymbolEnded        the ETF is no longer traded under this symbol
    │   └── BadPrices          what the source gave cannot be used as it is
    ├── ForecastMissing        no forecast of that number on the record
    ├── ModelMissing           no trained model of that name in the registry
    ├── UnsoundModel           a trained model whose forecast must not be shown
    ├── CannotRollBack         the model named cannot become champion again
    ├── JobRunning             another job holds the lock of this database
    └── BadSettings            a setting or an option cannot be understood
"""

from __future__ import annotations

from typing import Any


class ForecastingError(Exception):
    """Base of all failures whose text is meant for a person.

    They come back from worker processes as they were: with sentence and facts, whatever their constructors take.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[ForecastingError], args: tuple[Any, ...], facts: dict[str, Any]) -> ForecastingError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error


class UnknownSymbol(ForecastingError):
    """The text names no ETF that the source has."""

    def __init__(self, text: str, known: tuple[str, ...] = ()) -> None:
        self.text, self.known = text, known
        hint = f" Known here: {', '.join(known[:12])}." if known else ""
        super().__init__(f"No ETF is known here by the name {text!r}. Check the ticker's spelling.{hint}")


class NoForecastYet(ForecastingError):
    """The ETF is served, but nothing has been stored for it; ``why`` is what the last job said, where it failed."""

    def __init__(self, symbol: str, source: str, why: str = "") -> None:
        self.symbol, self.source, self.why = symbol, source, why
        then = (
            f"The last job could not make one: {why}"
            if why
            else "It comes with the next training run; "
            f"an operator can start one now with: etf-forecast retrain {symbol}"
        )
        super().__init__(f"There is no forecast for {symbol} from {source} prices yet. {then}")


class NotAFund(ForecastingError):
    """The symbol is known, and is no ETF, exchange-traded note or index."""

    def __init__(self, symbol: str, name: str, kind: str) -> None:
        self.symbol, self.name, self.kind = symbol, name, kind
        super().__init__(
            f"{symbol} is {name or 'unnamed'}, of the type {kind}: no ETF, no exchange-traded note and no index. "
            "Name one of those."
        )


class NotEnoughHistory(ForecastingError):
    """Too few sessions to forecast from, or for another ``purpose``."""

    def __init__(self, symbol: str, sessions: int, needed: int, purpose: str = "a forecast") -> None:
        self.symbol, self.sessions, self.needed = symbol, sessions, needed
        super().__init__(
            f"{symbol} has only {sessions} sessions of prices, and {purpose} needs at least {needed}. "
            "Wait until it has traded longer."
        )


class PricesError(ForecastingError):
    """The source could not give trustworthy prices."""


class PricesUnavailable(PricesError):
    """The source is down, limits the rate, or cannot be reached; the same call may work later."""


class RateLimited(PricesUnavailable):
    """The source wants to be asked less often; the same call works after minutes or hours."""


class PricesNotReady(PricesError):
    """The newest session is not complete at the source yet; the same call will work later."""


class SymbolEnded(PricesError):
    """The ETF was known once and has no new prices: closed, delisted, or renamed."""


class BadPrices(PricesError):
    """What the source gave cannot be used as it is."""


class ForecastMissing(ForecastingError):
    """The record has no forecast of that number."""

    def __init__(self, number: int, issued: int) -> None:
        self.number, self.issued = number, issued
        on_it = f"it holds {issued}, numbered from 1" if issued else "nothing was issued yet"
        super().__init__(f"There is no forecast {number} on the record: {on_it}. See: etf-forecast track --export FILE")


class ModelMissing(ForecastingError):
    """The registry has no such trained model."""


class UnsoundModel(ForecastingError):
    """A trained model whose forecast must not be shown, and no other model to forecast instead."""


class CannotRollBack(ForecastingError):
    """The model named cannot become champion again."""


class JobRunning(ForecastingError):
    """Another job holds the lock of this database."""


class BadSettings(ForecastingError):
    """A setting or an option cannot be understood."""
