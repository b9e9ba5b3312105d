"""``/scores``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.scores": "Wie weit die Prognosen danebenlagen, neben solchen, die jeder machen kann",
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
}
