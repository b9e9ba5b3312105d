"""``/track``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.track": "Was aus den gezeigten Prognosen wurde, neben dem, was sie versprachen",
    "track.title": "Was aus den gezeigten Prognosen wurde",
    "track.title_one": "{symbol} · was aus seinen Prognosen wurde",
    "track.live": "Live",
    "track.replayed": "Nachgespielt an alten Kursen",
    "track.counts": "{issued} ausgegeben: {open} offen, {final} fertig (alle {horizon} Handelstage vorbei)",
    "track.unscored": "Noch ist kein Handelstag gewertet.",
    "track.columns": (
        "MAE in % des Schlusses am Anfang, Güte gegen „keine Änderung“, Anteil der Schlusskurse im 80-%-Band; in "
        "Klammern, was der Rückblick versprach. Nenne einen ETF für seine Bilanz: `/track symbol`."
    ),
    "track.final": "fertig",
    "track.skill": "Güte",
    "track.figure_skill": "Güte",
    "track.figure_drift": "ggü. Trend",
    "track.promised": "Zusage",
    "track.scored": "{sessions} Handelstage gewertet, USD vom Anfang jeder Prognose.",
    "track.calls": "Beste Prognose: {best}, im Mittel {best_error} % daneben. Schlechteste: {worst}, {worst_error} %.",
    "track.none_final": "Fertig ist noch keine",
    "track.one_final": "Erst {count} ist fertig",
    "track.few_final": "Erst {count} sind fertig",
    "track.thin": "{finals}: Diese Zahlen sagen noch wenig.",
    "track.bare": "{finals}.",
    "track.late": "Entstanden, als ihr erster Handelstag vorbei war, was nichts beweist: {count}.",
    "track.waiting": "Warten auf einen Kurs: {count}. {problem}",
    "track.alarms": "Unter dem, was versprochen war",
    "track.record": "{small_print} · Bilanz {head}",
    "track.alt": (
        "Bild von {symbol}: Schlusskurse, darüber Median und 80-%-Band früherer Prognosen ab {first}{replayed}, aus "
        "{source}. {counts}.{inside}"
    ),
    "track.alt_replayed": ", nachgespielt an alten Kursen",
    "track.alt_inside": " {share} der Schlusskurse lagen im 80-%-Band.",
}
