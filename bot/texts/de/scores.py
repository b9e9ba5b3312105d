"""``/scores``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.scores": "Wie weit frühere Prognosen danebenlagen, verglichen mit einfachen Verfahren",
    "scores.title": "Fehler der Prognosen, verglichen mit einfachen Verfahren",
    "scores.title_one": "{symbol} · Fehler der Prognosen",
    "scores.basis": "Im Mittel über 60 Handelstage, an vergangenen Stichtagen, die nicht ins Training eingingen.",
    "scores.basis_one": (
        "Güte: wie viel besser als „keine Änderung“ (0 = gleich gut, 1 = perfekt). Stichtage von {first} bis {last}; "
        "keiner ging ins Training ein."
    ),
    "scores.later": "Es gibt einen, wenn er länger gehandelt wurde.",
    "scores.none": "Noch hat kein ETF Fehlermaße.",
    "scores.young": "Zu jung für einen Rückblick: {symbols}.",
    "scores.more": "… und {count} weitere. Einen einzelnen zeigt `/scores symbol`.",
    "scores.skill": "Güte",
    "scores.alt": "Balken für MAE, MSE und RMSE des Modells und einfacher Verfahren, aus {source}.",
    "scores.alt_line": (
        "{symbol}: MAE {mae} ({mae_of_walk} bei „keine Änderung“), RMSE {rmse} ({rmse_of_walk}); {skill}."
    ),
}
