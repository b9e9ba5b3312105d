"""``/report`` et les rapports."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.report": "Les rapports quotidiens, hebdomadaires et mensuels de ce serveur",
    "command.report.set": "Programmer un rapport quotidien, hebdomadaire ou mensuel",
    "option.report.channel": "Salon, fil ou forum où le publier",
    "option.report.day": "Chaque jour de bourse, un jour de la semaine ou le 1er du mois",
    "option.report.time": "Heure, par exemple 09:00 ou 21h30",
    "option.report.timezone": "Ville ou fuseau horaire, par exemple Paris ou America/Toronto",
    "option.report.role": "Rôle à mentionner",
    "option.report.symbols": "ETF à inclure, par exemple ARKK, SPY (par défaut\u00a0: tous)",
    "option.report.skip_weekend": "Publier le lundi plutôt que le samedi ou le dimanche",
    "option.report.language": "Langue du rapport (par défaut\u00a0: celle du serveur)",
    "option.report.publish": (
        "Dans un salon d’annonces\u00a0: publier aussi chaque rapport dans les salons qui le suivent"
    ),
    "option.report.portfolio": "Un de vos portefeuilles\u202f; tout le salon voit la copie qu’en garde le rapport",
    "option.report.report": "Quel rapport, si le serveur en a plusieurs",
    "option.report.change": "Rapport à modifier, ou un nouveau (par défaut\u00a0: celui du même type)",
    "choice.report.new": "Nouveau rapport",
    "command.report.here": "Publier le rapport hebdomadaire dans ce salon, le samedi à 9 h",
    "command.report.preview": "Aperçu d’un rapport (vous seul le voyez)",
    "command.report.test": "Publier un rapport maintenant, à titre d’essai",
    "command.report.pause": "Suspendre un rapport en gardant ses réglages",
    "command.report.resume": "Reprendre un rapport après une pause ou un échec",
    "command.report.off": "Désactiver un rapport sur ce serveur",
    "command.report.status": "Où et quand les rapports sont publiés",
    "report.set": (
        "Désormais, le {report} est publié dans {channel} {day} à {at} ({zone}). Prochain\u00a0: {next} ({in_time})."
    ),
    "report.daily": "rapport quotidien",
    "report.weekly": "rapport hebdomadaire",
    "report.monthly": "rapport mensuel",
    "report.on_daily": "après chaque séance",
    "report.on_weekly": "chaque {day}",
    "report.on_monthly": "le 1er de chaque mois",
    "report.of_daily": "du {period}",
    "report.of_weekly": "de la semaine {period}",
    "report.of_monthly": "du mois {period}",
    "report.number": "**{number}.** {text}",
    "report.choice": "{number} · {report} dans {channel}",
    "report.role": "Il mentionne {role}.",
    "report.symbols": "Il porte sur {symbols}.",
    "report.mix": "Il comprend le portefeuille **{name}** ({parts}), tel qu’il était lors du réglage du rapport.",
    "report.weekend": (
        "Les marchés sont fermés le {day} et vous avez choisi d’éviter le week-end\u202f; il est donc publié le lundi."
    ),
    "report.weekend_monthly": "Si le 1er est un samedi ou un dimanche, il est publié le lundi suivant.",
    "report.language": "Langue\u00a0: {language}.",
    "report.publishes": "Chaque message est aussi publié dans les salons qui suivent {channel}.",
    "report.training": "Les modèles sont réentraînés une fois par semaine\u202f; prochain entraînement\u00a0: {next}.",
    "report.off": "Le rapport est maintenant désactivé sur ce serveur.",
    "report.off_anyway": "Aucun rapport n’était activé sur ce serveur.",
    "report.none": "Aucun rapport n’est activé sur ce serveur. Activez-en un avec `/report here` ou `/report set`.",
    "report.goes": "Le {report} est publié dans {channel} {day} à {at} ({zone}). Prochain\u00a0: {next} ({in_time}).",
    "report.should_go": "Le {report} est prévu dans {channel}, {day} à {at} ({zone}).",
    "report.is_paused": "Il est suspendu\u202f; `/report resume` le relance.",
    "report.paused": "Le {report} est suspendu. Ses réglages sont conservés\u202f; `/report resume` le relance.",
    "report.resumed": "Le {report} est de nouveau actif dans {channel}. Prochain\u00a0: {next} ({in_time}).",
    "report.forbidden": (
        "Discord ne me laisse pas y publier\u202f; j’ai donc cessé d’essayer. Autorisez-moi à voir le salon, à envoyer "
        "des messages, à intégrer des liens et à joindre des fichiers, puis utilisez `/report resume`."
    ),
    "report.gone": (
        "Le salon n’existe plus\u202f; j’ai donc cessé d’essayer. Choisissez-en un autre avec `/report set` ou "
        "`/report here`."
    ),
    "report.sent": "Le rapport {period} a été publié {when}.",
    "report.sending": (
        "Le bot s’est arrêté pendant la publication du rapport {period} ({when}). Je vérifierai s’il est arrivé avant "
        "de réessayer."
    ),
    "report.unknown": (
        "Discord n’a pas confirmé le rapport {period} ({when}). Je vérifierai s’il est arrivé avant de réessayer."
    ),
    "report.lost": (
        "Discord n’a pas confirmé le rapport {period} ({when}), et je n’ai pas le droit d’y lire les anciens messages "
        "pour voir s’il est arrivé. Pour éviter un doublon, je ne le publierai pas de nouveau."
    ),
    "report.empty": (
        "Le rapport {period} n’avait rien à montrer {when}\u00a0: aucun de ses ETF n’a encore de prévision."
    ),
    "report.empty_daily": (
        "Le rapport {period} n’avait rien à montrer {when}\u00a0: la clôture de ce jour manque encore pour tous ses "
        "ETF."
    ),
    "report.failed": "La publication du rapport {period} a échoué {when}\u202f; je réessaierai.",
    "report.given_up": (
        "Le rapport {period} n’a pas pu être publié\u202f; j’ai abandonné {when} après plusieurs essais."
    ),
    "report.too_late": "La publication du rapport {period} a échoué {when}, et il est maintenant trop tard.",
    "report.never_confirmed": (
        "Discord n’a pas confirmé le rapport {period} ({when}), et il est maintenant trop tard pour le republier."
    ),
    "report.refused": "La publication du rapport {period} a échoué {when}.",
    "report.preview": "Aperçu (vous seul le voyez). Voici à quoi ressemblerait le rapport maintenant\u00a0:",
    "report.test": "**Message d’essai.** Prochain vrai rapport\u00a0: {next}.",
    "report.test_name": "Essai\u00a0: {title}",
    "report.tested": "Publié dans {channel}\u00a0: {link}",
    "report.bad_time": "Je ne comprends pas l’heure «\u00a0{text}\u00a0». Écrivez par exemple 09:00, 21:30 ou 21h30.",
    "report.bad_zone": (
        "Je ne connais pas le fuseau horaire «\u00a0{text}\u00a0». Choisissez-en un dans la liste qui apparaît quand "
        "vous tapez une ville, par exemple Europe/Paris."
    ),
    "report.many_zones": (
        "«\u00a0{text}\u00a0» est ambigu. Choisissez dans la liste pendant la saisie, par exemple {zones}."
    ),
    "report.everyone": (
        "Le rapport ne peut pas mentionner @everyone. Choisissez un rôle que l’on prend volontairement, ou laissez "
        "l’option vide."
    ),
    "report.role_forbidden": (
        "Je n’ai pas le droit de mentionner {role} dans {channel}. Autorisez tout le monde à mentionner ce rôle (dans "
        "les paramètres du rôle), ou accordez-moi la permission **{permission}** dans ce salon. Puis réessayez."
    ),
    "report.too_many_symbols": "Un rapport peut porter sur {most} ETF au plus\u202f; vous en avez indiqué {count}.",
    "report.too_many": (
        "Ce serveur a déjà {count} rapports, le maximum. Modifiez-en un avec l’option `report` de `/report set`, ou "
        "désactivez-en un avec `/report off`."
    ),
    "report.which": "Ce serveur a plusieurs rapports. Précisez lequel avec l’option `report`\u00a0:",
    "report.no_such": (
        "Ce serveur n’a pas de rapport «\u00a0{text}\u00a0». Choisissez-en un dans la liste de l’option `report`\u00a0:"
    ),
    "report.which_set": (
        "Ce serveur a plusieurs rapports de ce type. Précisez avec l’option `report` de `/report set` lequel modifier, "
        "ou choisissez-en un nouveau\u00a0:"
    ),
    "report.not_news": (
        "Seuls les messages d’un salon d’annonces peuvent être publiés ailleurs, et {channel} n’en est pas un."
    ),
    "report.needs_tag": (
        "{channel} n’accepte que des posts avec un tag, et je ne peux pas en choisir. Désactivez l’obligation de "
        "choisir des tags dans ses paramètres, ou choisissez un autre salon."
    ),
    "report.mix_title": "Portefeuille",
    "weekly.title": "Prévision hebdomadaire, à {horizon} séances",
    "weekly.as_of": "À la clôture du {close}. Entre crochets\u00a0: fourchette à 80\u202f% dans {horizon} séances.",
    "weekly.as_of_no_session": (
        "Les marchés sont fermés aujourd’hui\u202f; à la dernière clôture, {close}. Entre crochets\u00a0: fourchette à "
        "80\u202f% dans {horizon} séances."
    ),
    "weekly.record": (
        "**Semaine dernière\u00a0:** {inside} clôtures sur {closes} sont tombées dans les bandes à 80\u202f%\u202f; en "
        "fin de semaine, notre médiane a battu «\u00a0inchangé\u00a0» pour {nearer} ETF sur {etfs}. `/track` "
        "montre tout le bilan."
    ),
    "weekly.head": " · registre {head}",
    "weekly.all_old": (
        "**Pas nouveau\u00a0:** l’entraînement de cette semaine a échoué\u202f; ces prévisions utilisent donc des "
        "modèles plus anciens."
    ),
    "weekly.some_old": (
        "**Pas nouveau\u00a0:** l’entraînement de cette semaine a échoué pour {symbols}\u202f; un modèle plus ancien y "
        "est donc utilisé."
    ),
    "weekly.more": (
        "Choisissez un ETF ci-dessous pour voir son graphique. `/scores` montre la précision des prévisions passées."
    ),
    "weekly.to": "à",
    "weekly.since": "semaine {change}",
    "weekly.behind": "au {session}",
    "weekly.not_new": "pas nouveau",
    "weekly.young": "trop récent pour avoir son propre test historique",
    "weekly.young_short": "pas encore de mesure",
    "weekly.skill": "habileté {skill}",
    "weekly.changes": "Ce qui a changé cette semaine",
    "weekly.promoted": "Nouveau modèle utilisé pour {symbols}.",
    "weekly.faults": "Cours rejetés\u00a0: {faults}.",
    "weekly.failed": "{symbol}\u00a0: {message}",
    "weekly.scores": "Erreurs",
    "weekly.track": "Prévisions passées",
    "weekly.menu": "Afficher un ETF (à vous seul)",
    "weekly.alt": (
        "Une barre par ETF\u00a0: médiane et fourchette à 80\u202f% dans {horizon} séances, en variation depuis sa "
        "dernière clôture."
    ),
    "weekly.alt_line": "{symbol}\u00a0: {median}, {low} à {high}.",
    "monthly.title": "Prévision mensuelle, à {horizon} séances",
    "monthly.record": (
        "**Bilan\u00a0:** {held} clôtures sur {closes} sont tombées dans les bandes à 80\u202f%\u202f; nos prévisions "
        "ont battu «\u00a0inchangé\u00a0» pour {better} ETF sur {etfs}. `/track` montre tout le bilan."
    ),
    "monthly.since": "mois {change}",
    "monthly.changes": "Ce qui a changé ce mois-ci",
    "daily.title": "Prévision quotidienne",
    "daily.as_of": (
        "À la clôture du {close}, avec la variation depuis la clôture précédente et les fourchettes à 80\u202f%."
    ),
    "daily.crossings": "**Hors de la bande à 80\u202f% prévue la veille\u00a0:** {symbols}",
    "daily.above": "{symbol} (au-dessus)",
    "daily.below": "{symbol} (au-dessous)",
    "daily.range": "{low} à {high}",
    "daily.next": "séance suivante {range}",
    "daily.ahead": "dans {days} séances {range}",
}
