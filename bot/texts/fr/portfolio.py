"""``/portfolio`` et ``/portfolios``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.portfolio": "Prévision de deux à six ETF détenus ensemble\u00a0: SPY:60 TLT:40",
    "option.portfolio.mix": "ETF avec poids ou montants, comme SPY:60 TLT:40, ou nom d’un portefeuille enregistré",
    "option.portfolio.name": "Un nom de votre choix",
    "option.portfolio.saved": "Nom d’un portefeuille enregistré",
    "command.portfolios": "Vos portefeuilles enregistrés",
    "command.portfolios.save": "Enregistrer un portefeuille sous un nom, pour /portfolio, rapports et alertes",
    "command.portfolios.list": "Afficher vos portefeuilles enregistrés",
    "command.portfolios.remove": "Supprimer un portefeuille enregistré",
    "portfolio.title": "Portefeuille\u00a0: {parts}",
    "portfolio.basis": "Variation de la valeur si l’on achète à ces clôtures et que l’on conserve.",
    "portfolio.ahead": (
        "Médiane **{median}**\nFourchette à 80\u202f%\u00a0: {range80}\nFourchette à 95\u202f%\u00a0: {range95}\n"
        "Probabilité de perte\u00a0: **{odds}**"
    ),
    "portfolio.range": "{low} à {high}",
    "portfolio.as_one": "Comme s’il s’agissait d’un seul ETF",
    "portfolio.as_one_range": (
        "D’après le seul passé du portefeuille, fourchette à 80\u202f% dans {sessions} séances\u00a0: {range80}"
    ),
    "portfolio.parts": (
        "Les {worst} de scénarios les plus défavorables dans {sessions} séances\u00a0: {mean} en moyenne"
    ),
    "portfolio.part": "**{symbol}**\u00a0: {weight} de la valeur, {loss} de cette perte",
    "portfolio.no_loss": "Même ces scénarios sont sans perte.",
    "portfolio.alt": (
        "Graphique du portefeuille {parts}\u00a0: sa valeur passée et sa prévision avec des bandes à 50, 80 et "
        "95\u202f%. {ahead} {as_one}. {title}\u00a0: {losses}."
    ),
    "portfolio.in_report": (
        "**{name}** ({parts}), acheté maintenant et conservé {sessions} séances\u00a0: médiane **{median}**, "
        "fourchette à 80\u202f% {range80}, probabilité de perte **{odds}**. Déduit des prévisions de ses ETF, sans "
        "évaluation propre."
    ),
    "portfolio.not_in_report": "**{name}** ({parts})\u00a0: pas de prévision cette fois. {why}",
    "portfolio.unreadable": (
        "Je ne comprends pas «\u00a0{text}\u00a0». Écrivez chaque ETF avec son poids ou son montant, comme `SPY:60 "
        "TLT:40`, et les grands nombres sans espaces\u00a0: `6000`."
    ),
    "portfolio.twice": "{symbol} y figure deux fois. Indiquez chaque ETF une seule fois.",
    "portfolio.bad_weight": "Le poids de {symbol} doit être un nombre supérieur à 0.",
    "portfolio.wrong_number": "Indiquez de {fewest} à {most} ETF différents avec leurs poids, comme `SPY:60 TLT:40`.",
    "portfolio.currencies": (
        "Ces ETF sont cotés dans des devises différentes ({facts}), et je ne prévois pas les taux de change. "
        "Choisissez des ETF cotés dans une même devise."
    ),
    "portfolio.days": (
        "Les prévisions de ces ETF ne datent pas du même jour\u00a0: {facts}. Réessayez après la prochaine "
        "actualisation, ou retirez les plus anciennes."
    ),
    "portfolio.saved": "Enregistré\u00a0: **{name}** ({parts}). `/portfolio` avec ce nom l’affiche.",
    "portfolio.replaced": (
        "Enregistré\u00a0: **{name}** est désormais {parts}. L’ancien portefeuille de ce nom est remplacé."
    ),
    "portfolio.too_many": (
        "Vous avez déjà enregistré {most} portefeuilles, le maximum. Supprimez-en un avec `/portfolios remove`."
    ),
    "portfolio.bad_name": (
        "«\u00a0{name}\u00a0» ne convient pas\u00a0: un nom ne doit contenir ni `:`, ni `=`, ni `,`, ni `;`, ni `%`."
    ),
    "portfolio.unknown": (
        "Vous n’avez pas de portefeuille appelé «\u00a0{name}\u00a0». `/portfolios list` affiche les vôtres."
    ),
    "portfolio.removed": (
        "Supprimé\u00a0: **{name}**. Les rapports et les alertes déjà réglés avec lui gardent leur propre copie."
    ),
    "portfolio.yours": "Vos portefeuilles ({count} sur {most})",
    "portfolio.none": "Vous n’avez enregistré aucun portefeuille. `/portfolios save` en ajoute un.",
}
