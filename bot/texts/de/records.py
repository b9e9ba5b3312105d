"""Was sagt, wie gut Prognosen waren, auf Deutsch: ``/scores``, ``/compare``, ``/model`` und ``/track``."""

from __future__ import annotations

from typing import Final

GERMAN: Final[dict[str, str]] = {
    "model.lstm": "LSTM",
    "model.har": "HAR",
    "model.random_walk": "Unverändert",
    "model.drift": "Trend",
    "model.climatology": "Klimatologie",
    "as_of.one": "Stand: {newest}.",
    "as_of.many": "Stand: {newest}, der älteste vom {oldest}.",
    "scores.title": "Fehler der Prognosen, neben Prognosen, die jeder machen kann",
    "scores.title_one": "{symbol} · Fehler seiner Prognosen",
    "scores.basis": "Über alle 60 Handelstage, an vergangenen Stichtagen, die das Modell nicht kannte.",
    "scores.basis_one": (
        "Die Güte ist an „keine Änderung“ gemessen. Stichtage von {first} bis {last}; keinen davon kannte das Modell."
    ),
    "scores.later": "Fehler gibt es zu zeigen, wenn er länger gehandelt wurde.",
    "scores.none": "Noch hat kein ETF Fehlermaße.",
    "scores.young": "{symbols}: zu jung für einen eigenen Rückblick.",
    "scores.more": "… und {count} weitere: `/scores symbol` zeigt einen.",
    "scores.skill": "Güte",
    "scores.alt": "Balken für MAE, MSE und RMSE, das Modell neben den Vergleichen, aus {source}.",
    "scores.alt_line": (
        "{symbol}: MAE {mae} gegen {mae_of_walk} von „keine Änderung“, RMSE {rmse} gegen {rmse_of_walk}; {skill}."
    ),
    "compare.title": "{symbols} im Vergleich",
    "compare.basis": "In {horizon} Handelstagen, in % vom letzten Schluss; in Klammern der Bereich für 80 %.",
    "compare.line": "**{symbol}** {range} · über dem letzten Schluss: {odds}",
    "compare.range": "{median} [{low} bis {high}]",
    "compare.returns": "Tagesrenditen des letzten Jahres",
    "compare.medians": "Mediane",
    "compare.about_medians": (
        "Die Mediane sind fast gerade Linien; ihre Korrelation sagt darum wenig mehr als ihre Richtung."
    ),
    "compare.pair": "{one} und {other}",
    "compare.only": "Korrelation von {pair}.",
    "compare.extremes": "Am engsten: {most}. Am losesten: {least}.",
    "compare.strangers": "Sie haben zu wenige Handelstage gemeinsam, um zu sagen, wie sie zusammenhängen.",
    "compare.unknown": "unbekannt",
    "compare.one_etf": "einen ETF",
    "compare.etfs": "{count} ETFs",
    "compare.wrong_number": (
        "Du hast {named} genannt. Nenne {fewest} bis {most} verschiedene, durch Kommas getrennt: `ARKK, SPY`."
    ),
    "compare.alt": (
        "Bild von {symbols}: Mediane und Bereiche für 80 % in {horizon} Handelstagen, in % vom letzten Schluss. {ends} "
        "Korrelation der Tagesrenditen: {returns}. Der Mediane: {medians}."
    ),
    "card.title": "{symbol} · sein Modell",
    "card.head": "`{version}`\nTrainiert {trained} ({ago}); neueste Prognose vom {session}",
    "card.missing_name": "Karte",
    "card.missing": (
        "Die Karte des Modells liegt nicht auf dieser Maschine; darum steht hier nur, was die Prognose selbst sagt. "
        "Aufträge, die anderswo laufen, behalten ihre Modelle dort."
    ),
    "card.learnt": "Gelernt an",
    "card.learnt_from": "{sessions} eigenen Handelstagen, {first} bis {last}, und an {count} ETFs zusammen: {panel}",
    "card.settings": "Einstellungen",
    "card.settings_of": "LSTM: {settings}, Startwert {seed}, Programm {version}",
    "card.units": "{value} Einheiten",
    "card.units_one": "{value} Einheit",
    "card.layers": "{value} Schichten",
    "card.layers_one": "{value} Schicht",
    "card.lookback": "{value} Handelstage im Fenster",
    "card.lookback_one": "{value} Handelstag im Fenster",
    "card.networks": "{value} gemittelte Netze",
    "card.networks_one": "{value} Netz",
    "card.dropout": "{value} Dropout",
    "card.dropout_one": "{value} Dropout",
    "card.champion": "Amtierend",
    "card.unchallenged": "Es liefert die Prognosen seit seinem Training; kein anderes hat es herausgefordert.",
    "card.reign": "Es liefert die Prognosen seit {since}. {reason}",
    "card.held": " Seither hat es sich gegen {count} neuere behauptet.",
    "card.scores": "Wie es in seinem Rückblick war",
    "card.cutoffs": "Stichtage von {first} bis {last}, unbekannt, als die Prognosen entstanden.",
    "card.line": "{model}: MAE {mae}, Güte {skill}",
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
