"""``/model``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.model": "Das Modell hinter der Prognose: wann und womit es trainiert wurde",
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
}
