"""``/scores``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.scores": "Wie weit frühere Prognosen danebenlagen, verglichen mit einfachen Verfahren",
    "scores.title": "Fehler der Prognosen, verglichen mit einfachen Verfahren",
    "scores.title_one": "{symbol} · Fehler der Prognosen",
    "scores.basis": "Im Mittel über 60 Handelstage, an vergangenen Stichtagen, die nicht ins Training eingingen.",
    "scores.basis_one": (
        "Güte 0 = so gut wie „unverändert“, 1 = perfekt. Stichtage von {first} bis {last}; keiner ging ins Training "
        "ein."
    ),
    "scores.later": "Den bekommt er, sobald er länger gehandelt wurde.",
    "scores.none": "Noch hat kein ETF Fehlermaße.",
    "scores.young": "Zu jung für einen Backtest: {symbols}.",
    "scores.more": "… und {count} weitere. Einen einzelnen zeigt `/scores symbol`.",
    "scores.skill": "Güte",
    "scores.alt": "Bild der Güte: wie viel kleiner die Fehler waren als bei „unverändert“. Aus {source}.",
    "scores.alt_line": (
        "{symbol}: {skill}{chance}; MAE {mae} ({mae_of_walk} bei „unverändert“), RMSE {rmse} ({rmse_of_walk})."
    ),
    "scores.alt_chance": " (auf etwa {size} genau)",
}
