"""``/forecast`` : sa réponse, ses boutons et la description de son graphique."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.forecast": "Prévision d’un ETF pour les 60 prochaines séances, et précision des précédentes",
    "option.forecast.horizon": "Séances affichées sur le graphique (par défaut\u00a0: 60)",
    "option.forecast.private": "Ne l’afficher qu’à moi",
    "forecast.head": "Dernière clôture **{close}**, au {session}\nModèle entraîné le {trained}",
    "forecast.in": "Dans {sessions} séances",
    "forecast.ahead": (
        "{session}\nMédiane **{median}** ({median_change})\nFourchette à 80\u202f%\u00a0: {low} à {high}\n"
        "({low_change} à {high_change})\nProbabilité de hausse\u00a0: **{odds}**"
    ),
    "forecast.record": "Précision des prévisions passées",
    "forecast.notes": "À noter",
    "forecast.button_horizon": "{sessions} séances",
    "forecast.button_dark": "Sombre",
    "forecast.button_light": "Clair",
    "forecast.button_scores": "Erreurs",
    "forecast.button_track": "Prévisions passées",
    "forecast.button_csv": "CSV",
    "forecast.alt": (
        "Graphique pour {symbol}\u00a0: cours de clôture du {first} ({first_close}) au {as_of} ({last_close}), puis la "
        "prévision sur {sessions} séances jusqu’au {last}, avec des bandes à 50, 80 et 95\u202f%. {ahead} {record} "
        "{small_print}."
    ),
    "forecast.alt_step": (
        "Dans {sessions} séances\u00a0: médiane {median} ({change}), fourchette à 80\u202f% {low} à {high}, "
        "probabilité de hausse\u00a0: {odds}."
    ),
    "forecast.csv": (
        "Quantiles de la prévision pour {symbol} au {session}, en {currency} aux cours de ce jour. {small_print}."
    ),
}
