"""``/track``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.track": "Bilan\u00a0: ce que sont devenues les prévisions publiées, face au test historique",
    "track.title": "Bilan des prévisions publiées",
    "track.title_one": "{symbol} · bilan",
    "track.live": "En direct",
    "track.replayed": "Rejouées sur les cours passés",
    "track.drawn_live": (
        "Le tableau compte chaque jour écoulé de chaque prévision en direct. L’image ne montre que les prévisions qui "
        "ne se chevauchent pas, et donne pour les deux la part des clôtures dans la bande."
    ),
    "track.drawn_replayed": (
        "Les tableaux comptent chaque jour écoulé de chaque prévision. L’image ne montre que des prévisions rejouées "
        "qui ne se chevauchent pas, et donne pour les deux la part des clôtures dans la bande."
    ),
    "track.counts": "{count:,} prévisions\u00a0: {open:,} en cours, {final:,} à échéance ({horizon} séances passées)",
    "track.counts.one": "1 prévision\u00a0: {open:,} en cours, {final:,} à échéance ({horizon} séances passées)",
    "track.unscored": "Il n’y a pas encore de clôture à laquelle comparer.",
    "track.columns": (
        "MAE en\u202f% du cours de départ, habileté face à «\u00a0inchangé\u00a0», et part des clôtures dans la "
        "bande à 80\u202f% (entre parenthèses\u00a0: ce que promettait le test historique). Indiquez un ETF pour voir "
        "son bilan\u00a0: `/track symbol`."
    ),
    "track.final": "échues",
    "track.skill": "habileté",
    "track.figure_mae": "MAE",
    "track.figure_rmse": "RMSE",
    "track.figure_mse": "MSE",
    "track.figure_mae_pct": "MAE\u202f%",
    "track.figure_skill_rw": "Habileté",
    "track.figure_skill_drift": "vs dérive",
    "track.figure_cover80": "80\u202f%",
    "track.figure_cover95": "95\u202f%",
    "track.promised": "Promis",
    "track.scored": "{count:,} clôtures évaluées, dans la devise de l’ETF, ajustées au jour de chaque prévision.",
    "track.scored.one": "1 clôture évaluée, dans la devise de l’ETF, ajustée au jour de la prévision.",
    "track.calls": (
        "Meilleure prévision\u00a0: {best}, écart moyen {best_error}. Pire prévision\u00a0: {worst}, {worst_error}."
    ),
    "track.none_final": "Aucune prévision n’est encore arrivée à échéance",
    "track.one_final": "Une seule prévision est arrivée à échéance",
    "track.few_final": "Seules {count} prévisions sont arrivées à échéance",
    "track.thin": "{finals}\u202f; ces chiffres disent donc peu de chose.",
    "track.bare": "{finals}.",
    "track.late": "Publiées trop tard pour compter comme prévisions\u00a0: {count:,}.",
    "track.waiting": "En attente d’un cours\u00a0: {count:,}. {problem}",
    "track.alarms": "Moins bonnes que promis",
    "track.record": "{small_print} · registre {head}",
    "track.alt": (
        "Graphique pour {symbol}\u00a0: cours de clôture et, par-dessus, la médiane et la bande à 80\u202f% des "
        "prévisions passées à partir du {first} qui ne se chevauchent pas{replayed}, d’après {source}. "
        "{counts}.{inside}"
    ),
    "track.alt_replayed": ", rejouées sur les cours passés",
    "track.alt_inside": " Sur l’ensemble, {share} des clôtures étaient dans la bande à 80\u202f%.",
}
