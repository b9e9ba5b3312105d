"""Die Wörter in den Bildern."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "picture.months": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "picture.day": "{day}. {month}",
    "picture.date": "{day}. {month} {year}",
    "picture.from_to": "{first} bis {last}",
    "picture.source": "Kurse aus {name}",
    "picture.foot": "{prices}, Ausschüttungen wiederangelegt. {advice}",
    "picture.advice": "Keine Anlageberatung.",
    "picture.median": "Median",
    "picture.forecast.ahead": "{sessions} Handelstage voraus, Stand {as_of} (trainiert {trained})",
    "picture.forecast.on": "am {date}",
    "picture.forecast.last_close": "letzter Schluss",
    "picture.forecast.asked": "{price}, der gefragte Kurs",
    "picture.forecast.flat": "Der Median bewegt sich gegenüber den Bändern kaum; auf die Bänder kommt es an.",
    "picture.bands": "So viele Schlusskurse sollen im Band liegen:",
    "picture.band95": "{share}: 19 von 20",
    "picture.band80": "{share}: 8 von 10",
    "picture.band50": "{share}: die Hälfte",
    "picture.compare.title": "{count} ETFs im Vergleich",
    "picture.compare.ahead": "{level}-%-Bereiche über {sessions} Handelstage, Änderung zum letzten Schluss",
    "picture.compare.lines": "Jeder ETF hat zwei Linien: 8 von 10 Schlusskursen sollen dazwischen liegen.",
    "picture.compare.today": "heute",
    "picture.compare.correlation": "Korrelation der Tagesrenditen, letztes Jahr",
    "picture.as_of": "Stand {date}",
    "picture.overview.title": "{sessions} Handelstage voraus",
    "picture.overview.change": "Änderung jedes ETFs zu seinem eigenen letzten Schluss",
    "picture.overview.half": "die Hälfte der Ausgänge",
    "picture.overview.most": "{share} der Ausgänge",
    "picture.portfolio.title": "Depot",
    "picture.portfolio.ahead": "{sessions} Handelstage voraus, Stand {as_of}, Wertänderung",
    "picture.portfolio.as_one": "{level}-%-Bereich, als wäre es ein einziger ETF",
    "picture.portfolio.shares": (
        "Anteil jedes ETFs am heutigen Wert und am Verlust in den schlechtesten {share} der Ausgänge (im Mittel "
        "{mean}):"
    ),
    "picture.portfolio.of_value": "am heutigen Wert",
    "picture.portfolio.of_losses": "an den größten Verlusten",
    "picture.scores.title": "Güte früherer Prognosen",
    "picture.scores.none": "Noch hat kein ETF Fehlermaße: Ein Backtest braucht Kurse von drei Jahren.",
    "picture.scores.skill": (
        "Güte: wie viel kleiner der mittlere Fehler (MAE) über 60 Handelstage war als bei „unverändert“, also wenn "
        "der Kurs bleibt, wo er ist. Rechts von 0 ist besser. Die Linie durch einen Punkt zeigt, wie viel der Zufall "
        "der Stichtage ausmachen kann (zwei Standardfehler)."
    ),
    "picture.scores.only": "Nur {model}, die gezeigte Prognose.",
    "picture.scores.few": "Ein Punkt ohne Linie: Es gibt zu wenige Stichtage, um das zu sagen.",
    "picture.scores.first": "Die ersten {shown} von {count} ETFs.",
    "picture.scores.missing": "Noch nicht bewertet: {symbols}.",
    "picture.scores.worse": "schlechter",
    "picture.scores.better": "besser",
    "picture.scores.basis": "{count} Stichtage, {first} bis {last}",
    "picture.scores.basis.one": "{count} Stichtag, {first} bis {last}",
    "picture.scores.unknown": "k. A.",
    "picture.track.live": "Frühere Prognosen und was daraus wurde, bis {date}",
    "picture.track.replayed": "An alten Kursen nachgespielte Prognosen und was daraus wurde, bis {date}",
    "picture.track.these": (
        "Diese {drawn} überlappen sich nicht: {inside} von {met} Schlusskursen im {level}-%-Band ({share})."
    ),
    "picture.track.these.one": "Diese eine: {inside} von {met} Schlusskursen im {level}-%-Band ({share}).",
    "picture.track.all": "Alle {issued} Prognosen der Tabelle: {inside} von {met} ({share}).",
    "picture.track.band": "{level}-%-Band",
    "picture.track.closes": "tatsächliche Schlusskurse",
    "picture.track.dots": "Jede Prognose entstand an ihrem Punkt, ohne zu sehen, was folgte.",
    "picture.track.calibration": "Was die Bänder sagten, und was geschah",
    "picture.track.bars": (
        "Strich: der Anteil der Schlusskurse, der im Band liegen soll. Punkt: der Anteil, der darin lag; die Linie "
        "durch ihn ist sein {level}-%-Intervall. Ein Band kann stimmen, solange diese Linie den Strich erreicht."
    ),
    "picture.track.group": "{sessions} Handelstage voraus: {count} Prognosen ohne Überlappung",
    "picture.track.said": "Soll {said}, ist {was}",
    "picture.track.short": "{count} für {sessions}",
    "picture.track.missing": (
        "Die Bänder werden verglichen, sobald es {fewest} Prognosen gibt, die sich nicht überlappen; bisher {short} "
        "Handelstage."
    ),
    "picture.source.simulated": "simulierte Kurse",
    "picture.source.csv": "Kurse aus CSV-Dateien",
    "picture.source.yahoo": "Kurse von Yahoo Finance",
    "picture.means.har": "HAR: ein lineares Modell der Volatilität.",
    "picture.means.drift": "Trend: Der Kurs bewegt sich weiter wie bisher im Mittel.",
    "picture.means.climatology": "Klimatologie: Die Bewegungen über 60 Handelstage wiederholen frühere.",
}
