"""``/ops`` und die Meldungen an Betreiber."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.ops": "Wo Betreiber von Störungen erfahren",
    "command.ops.channel": "Störungen in einem Kanal dieses Servers melden",
    "option.ops.channel": "Wo; ohne Angabe in diesem Kanal",
    "command.ops.off": "Diesem Server keine Störungen mehr melden",
    "command.ops.status": "Was gerade gestört ist und wo es gemeldet wird",
    "ops.title": "Für die Betreiber",
    "ops.footer": "Jedes davon wird einmal gemeldet, und wieder, wenn es wiederkommt. /ops off beendet das.",
    "ops.job": "Gescheiterte Aufträge",
    "ops.stale": "Alte Kurse",
    "ops.security": "Ein anderes Wertpapier",
    "ops.prices": "Ausgelassene Kurse",
    "ops.model": "Neue Modelle, die nicht übernommen wurden",
    "ops.report": "Wochenbericht nicht gesendet",
    "ops.record": "Prognosen unter dem, was versprochen war",
    "ops.advice_prices": "`etf-forecast prices check` nennt alle.",
    "ops.what": (
        "gescheiterte Aufträge, alte Kurse, Kürzel, die ein anderes Wertpapier bedeuten oder keines mehr, ausgelassene "
        "Kurse, neue Modelle, die nicht übernommen wurden, Prognosen, die unter dem bleiben, was versprochen war, und "
        "ein Wochenbericht, der hier nicht gesendet werden konnte"
    ),
    "ops.set": "Störungen werden von jetzt an in {channel} gemeldet, binnen fünf Minuten und jede einmal: {what}.",
    "ops.off": "Hier wird nichts mehr gemeldet.",
    "ops.off_anyway": "Auf diesem Server wird ohnehin nichts gemeldet.",
    "ops.no_channel": "Es wird nirgends gemeldet. `/ops channel` nennt einen Kanal dafür: {what}.",
    "ops.channel": "Störungen werden in {channel} gemeldet.",
    "ops.channel_lost": "Störungen sollten in {channel} gemeldet werden. {problem}",
    "ops.forbidden": (
        "Discord sagt, dass ich dort nicht schreiben darf; darum versuche ich es nicht mehr. Erlaube mir, den Kanal zu "
        "sehen und dort Nachrichten und eingebettete Links zu senden, und nimm dann noch einmal `/ops channel`."
    ),
    "ops.gone": "Den Kanal gibt es nicht mehr; darum versuche ich es nicht weiter. Nenne `/ops channel` einen anderen.",
    "ops.wrong": "Was gerade gestört ist",
    "ops.nothing_wrong": "Gerade ist nichts gestört",
}
