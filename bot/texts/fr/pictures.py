"""Les mots des graphiques."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "picture.months": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "picture.day": "{day} {month}",
    "picture.date": "{day} {month} {year}",
    "picture.from_to": "du {first} au {last}",
    "picture.source": "cours de {name}",
    "picture.foot": "{prices}, dividendes réinvestis. {advice}",
    "picture.advice": "Pas un conseil en investissement.",
    "picture.median": "médiane",
    "picture.forecast.ahead": "Sur {sessions} séances, au {as_of} (modèle entraîné le {trained})",
    "picture.forecast.on": "au {date}",
    "picture.forecast.last_close": "dernière clôture",
    "picture.forecast.asked": "{price}, le cours demandé",
    "picture.forecast.flat": "La médiane bouge peu au regard des bandes\u00a0: ce sont elles qui comptent.",
    "picture.bands": "Clôtures qui devraient tomber dans chaque bande\u00a0:",
    "picture.band95": "{share}\u00a0: 19 sur 20",
    "picture.band80": "{share}\u00a0: 8 sur 10",
    "picture.band50": "{share}\u00a0: la moitié",
    "picture.compare.title": "{count} ETF comparés",
    "picture.compare.ahead": (
        "Fourchettes à {level}\u202f% sur {sessions} séances, variation depuis la dernière clôture"
    ),
    "picture.compare.lines": "Chaque ETF a deux lignes\u00a0: 8 clôtures sur 10 devraient tomber entre elles.",
    "picture.compare.today": "aujourd’hui",
    "picture.compare.correlation": "corrélation des rendements quotidiens, sur un an",
    "picture.as_of": "Données au {date}",
    "picture.overview.title": "Sur {sessions} séances",
    "picture.overview.change": "Variation de chaque ETF depuis sa dernière clôture",
    "picture.overview.half": "la moitié des scénarios",
    "picture.overview.most": "{share} des scénarios",
    "picture.portfolio.title": "Portefeuille",
    "picture.portfolio.ahead": "Sur {sessions} séances, au {as_of}, variation de la valeur",
    "picture.portfolio.as_one": "fourchette à {level}\u202f% comme s’il s’agissait d’un seul ETF",
    "picture.portfolio.shares": (
        "Part de chaque ETF dans la valeur actuelle et dans la perte des {share} de scénarios les plus défavorables "
        "({mean} en moyenne)\u00a0:"
    ),
    "picture.portfolio.of_value": "de la valeur actuelle",
    "picture.portfolio.of_losses": "des pires pertes",
    "picture.scores.title": "Habileté des prévisions",
    "picture.scores.none": "Aucun ETF n’a encore de mesure\u00a0: un test historique demande trois ans de cours.",
    "picture.scores.skill": (
        "Habileté\u00a0: de combien l’écart moyen (MAE) sur 60 séances était plus petit qu’avec "
        "«\u00a0inchangé\u00a0», qui suppose que le cours reste où il est. À droite de 0, c’est mieux. Le trait "
        "passant par un point montre ce que le hasard des dates de test peut y changer (deux erreurs types)."
    ),
    "picture.scores.only": "{model} seulement, la prévision publiée.",
    "picture.scores.few": "Un point sans trait\u00a0: il y a trop peu de dates de test pour le dire.",
    "picture.scores.first": "Les {shown} premiers ETF sur {count}.",
    "picture.scores.missing": "Pas encore évalués\u00a0: {symbols}.",
    "picture.scores.worse": "moins bien",
    "picture.scores.better": "mieux",
    "picture.scores.basis": "{count} dates de test, du {first} au {last}",
    "picture.scores.basis.one": "{count} date de test, du {first} au {last}",
    "picture.scores.unknown": "n. d.",
    "picture.track.live": "Prévisions passées et ce qui est arrivé, jusqu’au {date}",
    "picture.track.replayed": "Prévisions rejouées sur les cours passés et ce qui est arrivé, jusqu’au {date}",
    "picture.track.these": (
        "Ces {drawn} ne se chevauchent pas\u00a0: {inside} clôtures sur {met} dans la bande à {level}\u202f% ({share})."
    ),
    "picture.track.these.one": "Celle-ci\u00a0: {inside} clôtures sur {met} dans la bande à {level}\u202f% ({share}).",
    "picture.track.all": ("Les {issued} prévisions du tableau\u00a0: {inside} clôtures sur {met} ({share})."),
    "picture.track.band": "bande à {level}\u202f%",
    "picture.track.closes": "clôtures réelles",
    "picture.track.dots": "Chaque prévision a été faite à son point, sans voir la suite.",
    "picture.track.calibration": "Ce que disaient les bandes, et ce qui est arrivé",
    "picture.track.bars": (
        "Barre\u00a0: la part des clôtures qui devrait être dans la bande. Point\u00a0: la part qui y était\u202f; le "
        "trait qui le traverse est son intervalle à {level}\u202f%. Une bande peut être juste tant que ce trait "
        "atteint la barre."
    ),
    "picture.track.group": "Sur {sessions} séances\u00a0: {count} prévisions sans chevauchement",
    "picture.track.said": "dit {said}, réel {was}",
    "picture.track.short": "{count} pour {sessions}",
    "picture.track.missing": (
        "Les bandes sont comparées dès qu’il y a {fewest} prévisions qui ne se chevauchent pas\u202f; jusqu’ici "
        "{short} séances."
    ),
    "picture.source.simulated": "cours simulés",
    "picture.source.csv": "cours de fichiers CSV",
    "picture.source.yahoo": "cours de Yahoo Finance",
    "picture.means.har": "HAR\u00a0: un modèle linéaire de la volatilité.",
    "picture.means.drift": "Dérive\u00a0: le cours continue à son rythme moyen passé.",
    "picture.means.climatology": "Climatologie\u00a0: les mouvements sur 60 séances répètent ceux du passé.",
}
