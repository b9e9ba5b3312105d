"""``/ops`` und die Meldungen an Betreiber."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.ops": "Wo Störungen des Bots gemeldet werden",
    "command.ops.channel": "Störungen in einem Kanal melden",
    "option.ops.channel": "Welcher Kanal (ohne Angabe: dieser)",
    "command.ops.off": "Auf diesem Server keine Störungen mehr melden",
    "command.ops.status": "Aktuelle Störungen, und wo sie gemeldet werden",
    "ops.title": "Störungen des Bots",
    "ops.footer": "Jede Störung wird einmal gemeldet, und wieder, wenn sie wiederkommt. /ops off beendet das.",
    "ops.job": "Gescheiterte Aufträge",
    "ops.stale": "Alte Kurse",
    "ops.security": "Kürzel neu vergeben oder nicht mehr gehandelt",
    "ops.prices": "Abgelehnte Kurse",
    "ops.model": "Abgelehnte neue Modelle",
    "ops.report": "Nicht zugestellt",
    "ops.record": "Prognosen schlechter als versprochen",
    "ops.advice_prices": "`etf-forecast prices check` nennt alle.",
    "ops.what": (
        "gescheiterte Aufträge, alte Kurse, neu vergebene oder nicht mehr gehandelte Kürzel, abgelehnte Kurse und "
        "Modelle, Prognosen, die schlechter sind als ihr Backtest, und Berichte und Alarme, die nicht ankamen"
    ),
    "ops.set": "Ich melde Störungen von jetzt an in {channel}, jede einmal und binnen fünf Minuten: {what}.",
    "ops.off": "Ich melde hier keine Störungen mehr.",
    "ops.off_anyway": "Auf diesem Server werden ohnehin keine Störungen gemeldet.",
    "ops.no_channel": "Störungen werden nicht gemeldet. `/ops channel` schaltet das ein, und zwar für {what}.",
    "ops.channel": "Störungen werden in {channel} gemeldet.",
    "ops.channel_lost": "Störungen sollten in {channel} gemeldet werden, aber das ging nicht. {problem}",
    "ops.forbidden": (
        "Discord lässt mich dort nicht schreiben; darum versuche ich es nicht mehr. Erlaube mir, den Kanal zu sehen "
        "und dort Nachrichten und eingebettete Links zu senden, und nimm dann noch einmal `/ops channel`."
    ),
    "ops.gone": (
        "Den Kanal gibt es nicht mehr; darum versuche ich es nicht weiter. Wähle mit `/ops channel` einen anderen."
    ),
    "ops.wrong": "Aktuelle Störungen",
    "ops.nothing_wrong": "Gerade keine Störungen",
}
