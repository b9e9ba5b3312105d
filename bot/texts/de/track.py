"""``/track``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.track": "Bilanz: was aus den gezeigten Prognosen wurde, verglichen mit dem Backtest",
    "track.title": "Bilanz der gezeigten Prognosen",
    "track.title_one": "{symbol} · Bilanz",
    "track.live": "Live",
    "track.replayed": "Nachgespielt an alten Kursen",
    "track.drawn_live": (
        "Die Tabelle zählt jeden bisherigen Tag jeder Live-Prognose. Das Bild zeigt nur Prognosen, die sich nicht "
        "überlappen, und nennt für beide den Anteil der Schlusskurse im Band."
    ),
    "track.drawn_replayed": (
        "Die Tabellen zählen jeden bisherigen Tag jeder Prognose. Das Bild zeigt nur nachgespielte, die sich nicht "
        "überlappen, und nennt für beide den Anteil der Schlusskurse im Band."
    ),
    "track.counts": "{count:,} Prognosen: {open:,} offen, {final:,} fertig (alle {horizon} Handelstage vorbei)",
    "track.counts.one": "1 Prognose: {open:,} offen, {final:,} fertig (alle {horizon} Handelstage vorbei)",
    "track.unscored": "Noch gibt es keinen Schlusskurs zum Vergleich.",
    "track.columns": (
        "MAE in\u00a0% des Kurses am Anfang, Güte gegenüber „unverändert“ und wie oft der Schlusskurs im 80-%-Band "
        "lag (in Klammern: was der Backtest versprach). Die Bilanz eines ETFs zeigt `/track symbol`."
    ),
    "track.final": "fertig",
    "track.skill": "Güte",
    "track.figure_mae": "MAE",
    "track.figure_rmse": "RMSE",
    "track.figure_mse": "MSE",
    "track.figure_mae_pct": "MAE %",
    "track.figure_skill_rw": "Güte",
    "track.figure_skill_drift": "ggü. Trend",
    "track.figure_cover80": "80\u00a0%",
    "track.figure_cover95": "95\u00a0%",
    "track.promised": "Zusage",
    "track.scored": (
        "{count:,} Schlusskurse gewertet, in der Währung des ETFs, umgerechnet auf den Tag der jeweiligen Prognose."
    ),
    "track.scored.one": "1 Schlusskurs gewertet, in der Währung des ETFs, umgerechnet auf den Tag der Prognose.",
    "track.calls": "Beste Prognose: {best}, im Mittel {best_error} daneben. Schlechteste: {worst}, {worst_error}.",
    "track.none_final": "Noch ist keine Prognose fertig",
    "track.one_final": "Erst 1 Prognose ist fertig",
    "track.few_final": "Erst {count} Prognosen sind fertig",
    "track.thin": "{finals}; diese Zahlen sagen also wenig.",
    "track.bare": "{finals}.",
    "track.late": "Zu spät ausgegeben, um als Vorhersage zu zählen: {count:,}.",
    "track.waiting": "Warten auf einen Kurs: {count:,}. {problem}",
    "track.alarms": "Schlechter als versprochen",
    "track.record": "{small_print} · Bilanz {head}",
    "track.alt": (
        "Bild von {symbol}: Schlusskurse, darüber Median und 80-%-Band früherer Prognosen ab {first}, die sich nicht "
        "überlappen{replayed}, aus {source}. {counts}.{inside}"
    ),
    "track.alt_replayed": ", nachgespielt an alten Kursen",
    "track.alt_inside": " Von allen lagen {share} der Schlusskurse im 80-%-Band.",
}
