"""``/model``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.model": "Welches Modell die Prognose eines ETFs macht: wann und mit welchen Daten es trainiert wurde",
    "card.title": "{symbol} · Modell",
    "card.head": "`{version}`\nTrainiert {trained} ({ago}); neueste Prognose vom {session}",
    "card.missing_name": "Einzelheiten",
    "card.missing": "Die Einzelheiten dieses Modells liegen nicht auf diesem Rechner.",
    "card.learnt": "Trainingsdaten",
    "card.learnt_from": "{sessions:,} Handelstage von {symbol} ({first} bis {last})",
    "card.panel": ", dazu {count} weitere ETFs: {panel}",
    "card.panel.one": ", dazu ein weiterer ETF: {panel}",
    "card.settings": "Einstellungen",
    "card.settings_of": "LSTM: {settings}; Startwert {seed}; Programm {version}",
    "card.units": "{count:g} Einheiten",
    "card.units.one": "1 Einheit",
    "card.layers": "{count:g} Schichten",
    "card.layers.one": "1 Schicht",
    "card.lookback": "{count:g} Handelstage im Fenster",
    "card.lookback.one": "1 Handelstag im Fenster",
    "card.networks": "Mittel aus {count:g} Netzen",
    "card.networks.one": "1 Netz",
    "card.dropout": "Dropout {count:g}",
    "card.champion": "Warum dieses Modell",
    "card.unchallenged": "Im Einsatz seit seinem Training; ein neueres Modell zum Vergleich gab es noch nicht.",
    "card.reign": "Im Einsatz seit {since}. {reason}",
    "card.held": " Seither hat es {count} neuere Modelle geschlagen.",
    "card.held.one": " Seither hat es ein neueres Modell geschlagen.",
    "card.scores": "Ergebnisse des Backtests",
    "card.cutoffs": "Stichtage von {first} bis {last}; keiner ging ins Training ein.",
    "card.line": "{model}: MAE {mae}, Güte {skill}",
}
