"""``/model``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.model": "Quel modèle fait la prévision d’un ETF\u00a0: quand et sur quelles données il a été entraîné",
    "card.title": "{symbol} · modèle",
    "card.head": "`{version}`\nEntraîné le {trained} ({ago})\u202f; dernière prévision au {session}",
    "card.missing_name": "Détails",
    "card.missing": "Les détails de ce modèle ne sont pas enregistrés sur cette machine.",
    "card.learnt": "Données d’entraînement",
    "card.learnt_from": "{sessions:,} séances pour {symbol} (du {first} au {last})",
    "card.panel": ", avec {count} autres ETF\u00a0: {panel}",
    "card.panel.one": ", avec un autre ETF\u00a0: {panel}",
    "card.settings": "Réglages",
    "card.settings_of": "LSTM\u00a0: {settings}\u202f; graine aléatoire {seed}\u202f; version du code {version}",
    "card.units": "{count:g} unités",
    "card.units.one": "1 unité",
    "card.layers": "{count:g} couches",
    "card.layers.one": "1 couche",
    "card.lookback": "fenêtre de {count:g} séances",
    "card.lookback.one": "fenêtre d’une séance",
    "card.networks": "moyenne de {count:g} réseaux",
    "card.networks.one": "1 réseau",
    "card.dropout": "dropout {count:g}",
    "card.champion": "Pourquoi ce modèle",
    "card.unchallenged": (
        "En service depuis son entraînement\u202f; il n’y a pas encore eu de modèle plus récent auquel le comparer."
    ),
    "card.reign": "En service depuis le {since}. {reason}",
    "card.held": " Il a battu {count} modèles plus récents depuis.",
    "card.held.one": " Il a battu un modèle plus récent depuis.",
    "card.scores": "Résultats du test historique",
    "card.cutoffs": "Dates de test du {first} au {last}, toutes exclues de l’entraînement.",
    "card.line": "{model}\u00a0: MAE {mae}, habileté {skill}",
}
