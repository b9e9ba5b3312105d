"""``etf-forecast rollback``: go back to an earlier model. Nothing is trained, fetched or published."""

from __future__ import annotations

import click

from forecasting.champion.decisions import Decision
from forecasting.champion.rollback import rollback_target
from forecasting.cli.context import Context, prices_option


@click.command(epilog="Example: etf-forecast rollback SPY")
@click.argument("symbol")
@click.option("--to", "version", metavar="MODEL", help="Model to go back to (default: the previous champion).")
@prices_option
def rollback(symbol: str, version: str | None, context: Context) -> None:
    """Go back to an earlier model of SYMBOL, one of the last eight.

    The stored report stays until the next refresh. The next retrain challenges the model like any other.
    """
    registry, store, source = context.registry, context.store, context.source
    (known,) = context.known([symbol], store.symbols(source))
    with context.lock("rollback") as lock:
        report = store.latest(known, source)
        newest = None if report is None else report.as_of
        decisions = store.decisions.of(source, known)
        chosen, champion = rollback_target(registry, source, known, version, newest, decisions)
        target = registry.load(source, known, chosen)
        registry.check_writable()
        lock.confirm()
        store.decisions.record(
            Decision(
                source=source,
                symbol=known,
                challenger=target.version,
                champion=champion,
                verdict="rolled back",
                reason="Rolled back by hand.",
                numbers={"rule": "by hand"},
                decided_at=context.now(),
            )
        )
        registry.promote(source, known, target.version)
    click.echo(
        f"{known} now uses {target.version} again (trained {target.card['trained_at'][:10]}) instead of "
        f"{champion or 'a model whose name could not be read'}. The stored report stays until the next: "
        f"etf-forecast refresh {known}"
    )
    if champion is not None:
        click.echo(
            f"The next retrain challenges it. To return to {champion}: etf-forecast rollback {known} --to {champion}"
        )
