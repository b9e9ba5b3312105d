"""Phrases de ``forecasting`` et des tâches que lisent les membres : remarques, raisons, alertes."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "said.of": "{thing}\u00a0: {message}",
    "said.and_others": "{days} et d’autres jours",
    "said.note.young": (
        "{symbol} n’est coté que depuis {sessions} séances, moins de trois ans\u00a0: sa prévision s’appuie sur ce "
        "que le modèle a appris d’autres ETF."
    ),
    "said.note.unscored": (
        "{symbol} est trop récent pour un test historique\u00a0: il n’y a pas encore d’erreurs passées à montrer."
    ),
    "said.note.not_accepted": (
        "Un modèle plus récent a été entraîné mais pas retenu\u00a0: le précédent reste en service."
    ),
    "said.note.not_used": "Les cours les plus récents de {symbol} ({days}) ne sont pas utilisés\u00a0: {reason}.",
    "said.why.level_shift": (
        "ils sautent à un nouveau niveau sans échanges inhabituels, et ceux du lendemain trancheront"
    ),
    "said.why.repeated": "ils répètent la veille, comme si la source s’était arrêtée",
    "said.why.unfinished": "leur volume est celui d’une séance non terminée",
    "said.why.no_price": "un cours manque",
    "said.why.no_volume": "le volume manque",
    "said.why.inconsistent": "ils se contredisent",
    "said.why.doubled": "il y a deux lignes différentes pour ce jour",
    "said.why.none": "il n’y en a pas encore",
    "said.why.wrong": "ils sont faux à la source",
    "said.fault.tick": "{symbol} {day}\u00a0: cours aberrant ({details})",
    "said.fault.spike": "{symbol} {day}\u00a0: pic ({details})",
    "said.fault.level_shift": "{symbol} {day}\u00a0: saut à un nouveau niveau ({details})",
    "said.fault.repeated": "{symbol} {day}\u00a0: lignes répétées ({details})",
    "said.fault.unfinished": "{symbol} {day}\u00a0: séance non terminée ({details})",
    "said.fault.adjustment": "{symbol} {day}\u00a0: ajustement sans dividende ni fractionnement ({details})",
    "said.fault.doubled": "{symbol} {day}\u00a0: deux lignes pour une séance ({details})",
    "said.fault.no_price": "{symbol} {day}\u00a0: aucun cours positif ({details})",
    "said.fault.no_volume": "{symbol} {day}\u00a0: aucun volume ({details})",
    "said.fault.range": "{symbol} {day}\u00a0: cours contradictoires ({details})",
    "said.note.lost": "Des cours de {symbol} ({days}) manquent ou sont faux à la source et ont été écartés.",
    "said.note.doubtful": "Les clôtures ajustées de {symbol} sautent ({days}) sans dividende connu.",
    "said.note.recomputed": (
        "Des clôtures ajustées de {symbol} étaient fausses à la source et ont été recalculées\u00a0: {days}."
    ),
    "said.note.stored": "Des cours plus récents n’ont pas pu être obtenus\u00a0: ceux-ci s’arrêtent au {session}.",
    "said.note.closes_alone": (
        "Les cours de {symbol} sont des clôtures sans dividendes connus, qui passent donc pour des baisses."
    ),
    "said.note.same_prices": (
        "Les {count} dernières clôtures de {symbol} sont exactement celles de {other}\u00a0: l’un des deux est une "
        "copie de l’autre."
    ),
    "said.note.another_security": (
        "{symbol} désigne désormais un autre titre ({details}). Ses cours commencent le {session}\u202f; les "
        "prévisions plus anciennes portaient sur le précédent."
    ),
    "said.vix.no_market": (
        "Il n’y a pas de cours de {symbol}\u00a0: la prévision n’utilise donc ni le marché ni le VIX."
    ),
    "said.vix.unknown": "Le VIX n’est pas connu\u00a0: la volatilité est donc prévue d’après les seuls cours passés.",
    "said.vix.incomplete": (
        "Le VIX des derniers jours manque ou est incomplet (le plus récent date du {newest})\u00a0: la volatilité "
        "est donc prévue d’après les seuls cours passés."
    ),
    "said.vix.untrained": (
        "Le modèle a été entraîné sans le VIX\u00a0: la volatilité est donc prévue d’après les seuls cours passés."
    ),
    "said.model.withdrawn": "Un exploitant a retiré ce modèle\u202f; etf-forecast rollback --to le rétablit.",
    "said.model.first": "Premier modèle pour cet ETF.",
    "said.model.no_price": "La prévision du nouveau modèle a des jours sans cours.",
    "said.model.crossing": "Les quantiles de la prévision du nouveau modèle se croisent.",
    "said.model.widths": (
        "Les bandes du nouveau modèle sont de {low} à {high} fois aussi larges que celles du précédent."
    ),
    "said.model.limits": "Les limites sont {low} et {high}.",
    "said.model.losses": (
        "Sur {count} dates de test du {first} au {last}, exclues de l’entraînement, son erreur moyenne (perte "
        "pinball) est de {ours} du cours et celle du modèle précédent de {theirs}\u00a0: une différence de {gap} "
        "avec une erreur type de {error}."
    ),
    "said.model.previous_unusable": "Le modèle précédent n’est plus utilisable.",
    "said.model.previous_unreadable": "Cette version du programme ne peut pas lire le modèle précédent.",
    "said.model.previous_no_price": "La prévision du modèle précédent a des jours sans cours.",
    "said.model.few_dates": (
        "Il y a trop peu de dates de test exclues de l’entraînement des deux modèles pour comparer leurs erreurs."
    ),
    "said.model.no_losses": (
        "Les erreurs du modèle précédent ne peuvent pas être calculées et n’ont donc pas été comparées."
    ),
    "said.job.not_accepted": (
        "Le nouveau modèle de {symbol} n’a pas été retenu, et il n’y en a pas de plus ancien pour le remplacer."
    ),
    "said.job.check_prices": "Vérifiez les cours\u00a0: etf-forecast prices check",
    "said.job.unsound": (
        "La prévision du modèle {version} de {symbol} a des jours sans cours ou des quantiles qui se "
        "croisent\u00a0: elle n’est donc pas montrée. Vérifiez les cours (etf-forecast prices check) ou revenez à "
        "un modèle plus ancien\u00a0: {command}"
    ),
    "said.job.unknown": "Aucun ETF appelé {name} n’est connu ici. Vérifiez l’orthographe.",
    "said.job.no_fund": (
        "{symbol} ({name}) est du type {kind}, ni ETF, ni titre de créance coté (ETN), ni indice. Choisissez-en un "
        "de ceux-là."
    ),
    "said.job.too_young": (
        "{symbol} n’a que {sessions} séances de cours, et il en faut au moins {needed} pour {purpose}. Attendez "
        "qu’il soit coté depuis plus longtemps."
    ),
    "said.job.a_forecast": "une prévision",
    "said.job.alone": "un modèle entraîné sans un autre ETF au passé plus long",
    "said.job.vix_late": "le VIX du {day} n’est pas encore publié. Réessayez dans une heure.",
    "said.source.limited": "Yahoo limite le nombre de requêtes. Réessayez dans une heure.",
    "said.source.refused": "Yahoo a refusé la requête ({reason}). Réessayez dans une heure.",
    "said.source.unreachable": "Yahoo est injoignable ({error}). Réessayez plus tard.",
    "said.source.no_prices": (
        "La réponse de Yahoo ne contient aucun cours ({error}). Réessayez dans une heure\u202f; si cela persiste, "
        "mettez yfinance à jour."
    ),
    "said.source.none_until": "La réponse de Yahoo ne contient aucun cours jusqu’au {day}. Réessayez plus tard.",
    "said.source.other": "Yahoo a répondu avec des cours de {other}, qui ne sont pas utilisés. Réessayez plus tard.",
    "said.source.down": "Pas demandé, car la source est en panne\u00a0: {why}",
    "said.source.ended": (
        "{source} ne connaît plus {symbol} depuis le {day}\u00a0: il n’est donc plus coté sous ce symbole. "
        "Retirez-le de vos listes ou utilisez son successeur."
    ),
    "said.source.untrusted": (
        "{finding}. Les cours à partir de ce jour ne sont pas fiables\u00a0: il n’y a donc pas de prévision plus "
        "récente de {symbol}. Corrigez la source ou attendez qu’elle le soit."
    ),
    "said.source.no_rows": "la source {source} n’a donné aucune ligne. Vérifiez qu’elle couvre cet ETF.",
    "said.security.gone": (
        "{symbol} ({name}) est inconnu de sa source depuis le {day}\u202f; il a peut-être été radié de la cote. Si "
        "cela persiste, retirez-le de vos listes ou utilisez son successeur."
    ),
    "said.security.changed": (
        "{symbol} désigne depuis le {day} un autre titre\u00a0: {now}, auparavant {before}. Les prévisions du "
        "précédent ont cessé et sont évaluées sur ses propres cours. Pour entraîner un modèle du nouveau\u00a0: "
        "{command}"
    ),
    "said.alarm.coverage": (
        "ses bandes sont trop étroites. Sur les {weeks} dernières semaines, {failures} ont clôturé hors de la bande à "
        "80\u202f%, nettement plus que ne le promettait le test historique."
    ),
    "said.alarm.median": (
        "sa médiane fait moins bien que «\u00a0inchangé\u00a0». Dans {failures} des {weeks} dernières "
        "semaines, la clôture était plus proche du cours de départ, nettement plus que par hasard."
    ),
    "said.job.training": "Entraînement",
    "said.job.refreshing": "Actualisation",
    "said.job.broke": "{kind} ({symbols})\u00a0: échec, {reason}. Le journal du bot contient les détails.",
    "said.job.broke_saying": (
        "{kind} ({symbols})\u00a0: échec, {reason}. Dernier message\u00a0: {said} Le journal du bot contient les "
        "détails."
    ),
    "said.job.stopped": "interruption après JOB_TIME_LIMIT ({minutes} min)",
    "said.job.exit": "code de sortie {code}",
    "said.job.other": (
        "Une autre tâche utilise cette base de données\u00a0: {purpose}, processus {pid} sur {host}, depuis {at} "
        "UTC. Attendez qu’elle se termine ou arrêtez-la, puis relancez celle-ci."
    ),
    "said.job.just_ended": "Une autre tâche vient de se terminer. Relancez celle-ci.",
    "said.job.taken_over": (
        "Cette tâche est restée muette trop longtemps et une autre l’a remplacée\u00a0: elle n’enregistre plus "
        "rien. Relancez-la."
    ),
    "said.storage.locked": "La base de données est verrouillée par un autre programme. Voyez lequel, puis réessayez.",
    "said.storage.full": "Le disque est plein. Libérez de la place, puis réessayez.",
    "said.storage.read_only": (
        "La base de données peut être lue, mais pas modifiée. Vérifiez les droits de son fichier et de son dossier, "
        "puis réessayez."
    ),
    "said.storage.damaged": (
        "Le fichier de la base de données est endommagé. Arrêtez les programmes qui l’utilisent et restaurez une "
        "sauvegarde."
    ),
    "said.storage.gone": (
        "La base de données ne répond pas\u00a0: {reason}. Vérifiez qu’elle tourne et est joignable, puis réessayez."
    ),
    "said.ops.stale": (
        "{symbol}\u00a0: les cours s’arrêtent le {session}, et plus de deux séances ont eu lieu depuis. `/status` dit "
        "ce qui a échoué."
    ),
    "said.ops.not_taken": "{symbol}\u00a0: {challenger} n’a pas été retenu\u202f; en service\u00a0: {champion}.",
    "said.ops.no_model": "aucun modèle",
    "said.ops.forbidden": (
        "Impossible de publier les rapports dans {channel}\u00a0: je n’ai pas le droit d’y écrire. Autorisez-moi à "
        "voir le salon, à envoyer des messages, à intégrer des liens et à joindre des fichiers, puis utilisez `/report "
        "resume`."
    ),
    "said.ops.gone": (
        "Impossible de publier les rapports dans {channel}\u00a0: le salon n’existe plus. Choisissez-en un autre avec "
        "`/report set`."
    ),
    "said.ops.lost": (
        "Le rapport de {period} dans {channel} manque peut-être\u00a0: Discord ne l’a pas confirmé, et je n’ai pas le "
        "droit de lire l’historique du salon pour le vérifier. Je ne le publierai pas deux fois."
    ),
    "said.ops.refused": "Le rapport de {period} dans {channel} n’a pas été publié\u00a0: Discord ne l’a pas accepté.",
    "said.ops.unconfirmed": (
        "Le rapport de {period} dans {channel} n’a pas été publié\u00a0: Discord ne l’a pas confirmé."
    ),
    "said.ops.empty": (
        "Le rapport de {period} dans {channel} n’a pas été publié\u00a0: aucun de ses ETF n’a de prévision."
    ),
    "said.ops.gave_up": "J’ai abandonné.",
    "said.ops.later": "Je réessaierai dans quelques jours.",
    "said.ops.alerts": (
        "Alertes que Discord n’a pas acceptées ou confirmées la semaine dernière\u00a0: {undelivered}. Les membres "
        "concernés le voient dans `/alert list`."
    ),
    "said.ops.outage": (
        "Discord n’accepte aucun message, ni rapport ni alerte ({why}). Je réessaie au moins une fois par heure."
    ),
    "said.ops.broke": (
        "{step} a échoué de façon inattendue, tentative {attempt} sur {most}\u202f; le journal du bot contient les "
        "détails."
    ),
    "said.ops.retrain": "L’entraînement hebdomadaire",
    "said.ops.missing": "L’entraînement des ETF sans prévision",
    "said.ops.refresh": "L’actualisation",
    "said.ops.report": "La publication des rapports",
    "said.ops.again": "Une nouvelle tentative aura lieu plus tard.",
    "said.ops.not_again": "Il n’y aura pas de nouvelle tentative avant le redémarrage du bot.",
    "said.ops.standstill": (
        "Aucun entraînement, aucune actualisation et aucun rapport n’ont lieu en ce moment. {why} Le bot "
        "réessaie toutes les {minutes} minutes."
    ),
    "said.ops.unexpected": "Un échec inattendu s’est produit\u202f; le journal du bot contient les détails.",
    "said.stored_model.format": (
        "Le modèle enregistré a le format {format}, et cette version du programme ne lit que le format {newest}. "
        "Réentraînez l’ETF."
    ),
    "said.stored_model.no_recipe": "La recette du modèle enregistré est illisible\u00a0: {error}. Réentraînez l’ETF.",
    "said.stored_model.unreadable": "Le modèle enregistré est illisible\u00a0: {error}. Réentraînez l’ETF.",
    "said.stored_model.none_yet": (
        "{symbol} n’a pas encore de modèle issu des cours de {source}. Entraînez-en un\u00a0: {command}"
    ),
    "said.stored_model.pointer": (
        "Le fichier {file}, qui nomme le modèle utilisé, est illisible\u00a0: {error}. Entraînez-en un "
        "nouveau\u00a0: {command}"
    ),
    "said.stored_model.named_wrongly": (
        "Le fichier {file} devrait nommer le modèle utilisé, mais {name} n’est pas le nom d’un modèle de {symbol}. "
        "Entraînez-en un nouveau\u00a0: {command}"
    ),
    "said.stored_model.damaged": (
        "Le modèle {version} de {symbol} est illisible\u00a0: {damage}. Entraînez-en un nouveau\u00a0: {command}"
    ),
}
