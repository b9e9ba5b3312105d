"""``/scores``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.scores": "De combien les prévisions passées se sont trompées, comparées à des méthodes simples",
    "scores.title": "Erreurs de prévision comparées à des méthodes simples",
    "scores.title_one": "{symbol} · erreurs de prévision",
    "scores.basis": "Moyennes sur 60 séances, à des dates de test passées, exclues de l’entraînement.",
    "scores.basis_one": (
        "Habileté 0 = pas mieux que «\u00a0inchangé\u00a0», 1 = parfait. Dates de test du {first} au {last}, "
        "toutes exclues de l’entraînement."
    ),
    "scores.later": "Il en aura un quand il sera coté depuis plus longtemps.",
    "scores.none": "Aucun ETF n’a encore de mesure.",
    "scores.young": "Trop récents pour un test historique\u00a0: {symbols}.",
    "scores.more": "… et {count} de plus. Indiquez un ETF pour le voir\u00a0: `/scores symbol`.",
    "scores.skill": "Habileté",
    "scores.alt": (
        "Graphique de l’habileté\u00a0: de combien les erreurs étaient plus petites qu’avec «\u00a0inchangé\u00a0». "
        "D’après {source}."
    ),
    "scores.alt_line": (
        "{symbol}\u00a0: {skill}{chance}\u202f; MAE {mae} ({mae_of_walk} avec «\u00a0inchangé\u00a0»), RMSE "
        "{rmse} ({rmse_of_walk})."
    ),
    "scores.alt_chance": ", à {size} près",
}
