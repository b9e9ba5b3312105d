"""``/odds``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.odds": "Probabilité qu’un ETF clôture au-dessus ou au-dessous d’un cours, ou l’atteigne avant",
    "option.odds.price": "Le cours, dans la devise de l’ETF",
    "option.odds.by": "Pour quand\u00a0: une date comme 2027-01-15, ou de 1 à 60 séances (par défaut\u00a0: 60)",
    "odds.title": "{symbol}\u00a0: probabilités pour {price}",
    "odds.head": "Dernière clôture **{close}**, au {session}. Le cours demandé en est à {change}.",
    "odds.at": "Dans {count} séances",
    "odds.at.one": "Dans 1 séance",
    "odds.closes": "{session}\nClôture au-dessus\u00a0: **{above}**\nClôture au-dessous\u00a0: **{below}**",
    "odds.until": "D’ici là",
    "odds.rises_to": (
        "Clôture au moins une fois à {price} ou plus haut\u00a0: **{odds}**\n(cours de clôture seuls, pas en séance)"
    ),
    "odds.falls_to": (
        "Clôture au moins une fois à {price} ou plus bas\u00a0: **{odds}**\n(cours de clôture seuls, pas en séance)"
    ),
    "odds.alt": (
        "Graphique de la prévision avec une ligne au cours demandé. {title}, au {as_of} (dernière clôture {close}). Le "
        "{session}\u00a0: clôture au-dessus {above}, au-dessous {below}. D’ici là\u00a0: {until}."
    ),
    "odds.no_date": (
        "«\u00a0{text}\u00a0» n’est ni une date ni un nombre de séances. Écrivez une date comme `2027-01-15`, ou un "
        "nombre comme `20`."
    ),
    "odds.out_of_reach": (
        "La prévision va du {first} au {last}. Choisissez une date entre les deux, ou de 1 à {sessions} séances."
    ),
}
