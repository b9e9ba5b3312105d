"""Sentences of ``forecasting`` and of jobs that members read: notes, reasons, alarms. Known by their English words."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "said.of": "{thing}: {message}",
    "said.and_others": "{days} and others",
    "said.note.young": (
        "{symbol} has traded for only {sessions} days, less than three years: its forecast relies on what the "
        "model learned from other ETFs."
    ),
    "said.note.unscored": "{symbol} is too young for a backtest, so there are no past errors to show yet.",
    "said.note.not_accepted": "A newer model was trained but not accepted, so the earlier one is still in use.",
    "said.note.not_used": "The newest prices of {symbol}, of {days}, are not used: {reason}.",
    "said.why.level_shift": "they jump to a new level without unusual trade, and the next day's will decide",
    "said.why.repeated": "they repeat the day before, as if the source had stood still",
    "said.why.unfinished": "their volume is that of a day that was not over",
    "said.why.no_price": "a price is missing",
    "said.why.no_volume": "the volume is missing",
    "said.why.inconsistent": "they contradict each other",
    "said.why.doubled": "there are two different rows for that day",
    "said.why.none": "there are none yet",
    "said.why.wrong": "they are wrong at the source",
    "said.fault.tick": "{symbol} {day}: bad tick ({details})",
    "said.fault.spike": "{symbol} {day}: spike ({details})",
    "said.fault.level_shift": "{symbol} {day}: level shift ({details})",
    "said.fault.repeated": "{symbol} {day}: repeated rows ({details})",
    "said.fault.unfinished": "{symbol} {day}: unfinished session ({details})",
    "said.fault.adjustment": "{symbol} {day}: adjustment without an action ({details})",
    "said.fault.doubled": "{symbol} {day}: doubled session ({details})",
    "said.fault.no_price": "{symbol} {day}: no positive price ({details})",
    "said.fault.no_volume": "{symbol} {day}: no volume ({details})",
    "said.fault.range": "{symbol} {day}: inconsistent range ({details})",
    "said.note.lost": "Prices of {symbol} on {days} are missing or wrong at the source and were left out.",
    "said.note.doubtful": "Adjusted closes of {symbol} jump on {days} without a known dividend.",
    "said.note.recomputed": "Adjusted closes of {symbol} were wrong at the source and were recomputed: {days}.",
    "said.note.stored": "Newer prices could not be fetched, so these end on {session}.",
    "said.note.closes_alone": "Prices of {symbol} are closes without known dividends, which look like falls.",
    "said.note.same_prices": (
        "The last {count} closes of {symbol} are exactly those of {other}: one of the two is a copy of the other."
    ),
    "said.note.another_security": (
        "{symbol} now means a different security ({details}). Its prices start on {session}; older forecasts were "
        "of the previous one."
    ),
    "said.vix.no_market": "There are no prices of {symbol}, so the forecast uses neither the market nor the VIX.",
    "said.vix.unknown": "The VIX is not known, so volatility is forecast from past prices alone.",
    "said.vix.incomplete": (
        "The VIX of the last days is missing or incomplete (the newest is of {newest}), so volatility is forecast "
        "from past prices alone."
    ),
    "said.vix.untrained": "The model was trained without the VIX, so volatility is forecast from past prices alone.",
    "said.model.withdrawn": "An operator rolled this model back; etf-forecast rollback --to brings it back.",
    "said.model.first": "First model for this ETF.",
    "said.model.no_price": "The new model's forecast has days without a price.",
    "said.model.crossing": "The quantiles of the new model's forecast cross.",
    "said.model.widths": "The new model's bands are {low} to {high} times as wide as the previous model's.",
    "said.model.limits": "The limits are {low} and {high}.",
    "said.model.losses": (
        "On {count} test dates from {first} to {last}, not used for training, its mean error (pinball loss) is "
        "{ours} of the price and the previous model's {theirs}: a difference of {gap} with a standard error of "
        "{error}."
    ),
    "said.model.previous_unusable": "The previous model can no longer be used.",
    "said.model.previous_unreadable": "This version of the program cannot read the previous model.",
    "said.model.previous_no_price": "The previous model's forecast has days without a price.",
    "said.model.few_dates": "There are too few test dates that neither model was trained on to compare their errors.",
    "said.model.no_losses": "The previous model's errors cannot be computed, so they were not compared.",
    "said.job.not_accepted": "The new model of {symbol} was not accepted, and there is no earlier one to use instead.",
    "said.job.check_prices": "Check the prices: etf-forecast prices check",
    "said.job.unsound": (
        "The forecast of the model {version} of {symbol} has days without a price or quantiles that cross, so it "
        "is not shown. Check the prices (etf-forecast prices check), or go back to an earlier model: {command}"
    ),
    "said.job.unknown": "No ETF called {name} is known here. Check the spelling.",
    "said.job.no_fund": (
        "{symbol} ({name}) is of the type {kind}, not an ETF, an exchange-traded note or an index. Choose one of those."
    ),
    "said.job.too_young": (
        "{symbol} has prices for only {sessions} trading days, and {purpose} needs at least {needed}. Wait until it "
        "has traded longer."
    ),
    "said.job.a_forecast": "a forecast",
    "said.job.alone": "a model trained without a longer history of another ETF",
    "said.job.vix_late": "the VIX of {day} is not out yet. Try again in an hour.",
    "said.source.limited": "Yahoo limits the rate of requests. Try again in an hour.",
    "said.source.refused": "Yahoo refused the request ({reason}). Try again in an hour.",
    "said.source.unreachable": "Yahoo cannot be reached ({error}). Try again later.",
    "said.source.no_prices": (
        "Yahoo's answer contains no prices ({error}). Try again in an hour; if this persists, update yfinance."
    ),
    "said.source.none_until": "Yahoo's answer contains no prices until {day}. Try again later.",
    "said.source.other": "Yahoo answered with prices of {other}, which are not used. Try again later.",
    "said.source.down": "Not asked, because the source is down: {why}",
    "said.source.ended": (
        "{symbol} has been unknown to {source} since {day}, so it is no longer traded under this symbol. Remove it "
        "from your lists or use its successor."
    ),
    "said.source.untrusted": (
        "{finding}. Prices from that day on cannot be trusted, so there is no newer forecast of {symbol}. Correct the "
        "source, or wait until it is corrected."
    ),
    "said.source.no_rows": "the {source} source gave no rows. Check that it covers this ETF.",
    "said.security.gone": (
        "{symbol} ({name}) has been unknown to its source since {day}; it may have been delisted. If this "
        "persists, remove it from your lists or use its successor."
    ),
    "said.security.changed": (
        "{symbol} has meant a different security since {day}: {now}, previously {before}. Forecasts of the "
        "previous one have stopped and are scored against its own prices. To train a model of the new one: "
        "{command}"
    ),
    "said.alarm.coverage": (
        "its bands are too narrow. Of the last {weeks} weeks {failures} closed outside the 80% band, significantly "
        "more than its backtest promised."
    ),
    "said.alarm.median": (
        "its median is worse than no change. In {failures} of the last {weeks} weeks the close was nearer to the "
        "price at the start, significantly more than chance."
    ),
    "said.job.training": "training",
    "said.job.refreshing": "refresh",
    "said.job.broke": "The {kind} of {symbols} did not finish: {reason}. The bot's log has the rest.",
    "said.job.broke_saying": (
        "The {kind} of {symbols} did not finish: {reason}. It said: {said} The bot's log has the rest."
    ),
    "said.job.stopped": "it was stopped after JOB_TIME_LIMIT, {minutes} min",
    "said.job.exit": "exit code {code}",
    "said.job.other": (
        "Another job is using this database: {purpose}, process {pid} on {host}, since {at} UTC. Wait until it has "
        "ended, or stop it, then start this one again."
    ),
    "said.job.just_ended": "Another job has just ended. Start this one again.",
    "said.job.taken_over": (
        "This job was silent for too long and another job took over, so it stores nothing more. Start it again."
    ),
    "said.storage.locked": "The database is locked by another program. See which program holds it, then try again.",
    "said.storage.full": "The disk is full. Free some space, then try again.",
    "said.storage.read_only": (
        "The database cannot be written, only read. Check the rights of its file and folder, then try again."
    ),
    "said.storage.damaged": "The database file is damaged. Stop the programs that use it, and restore a backup.",
    "said.storage.gone": (
        "The database does not answer: {reason}. Check that it runs and can be reached, then try again."
    ),
    "said.ops.stale": (
        "{symbol}: prices end on {session}, and more than two trading days have passed since. `/status` says what "
        "failed."
    ),
    "said.ops.not_taken": "{symbol}: {challenger} was not accepted; in use: {champion}.",
    "said.ops.no_model": "no model",
    "said.ops.forbidden": (
        "Reports cannot be posted in {channel}: I'm not allowed to post there. Allow me to view the channel, send "
        "messages, embed links and attach files, then use `/report resume`."
    ),
    "said.ops.gone": (
        "Reports cannot be posted in {channel}: the channel no longer exists. Choose another one with `/report set`."
    ),
    "said.ops.lost": (
        "The report of {period} in {channel} may be missing: Discord did not confirm it, and I'm not allowed to read "
        "the channel's message history to see. I won't post it twice."
    ),
    "said.ops.refused": "The report of {period} in {channel} has not been posted: Discord did not accept it.",
    "said.ops.unconfirmed": "The report of {period} in {channel} has not been posted: Discord did not confirm it.",
    "said.ops.empty": "The report of {period} in {channel} has not been posted: none of its ETFs has a forecast.",
    "said.ops.gave_up": "I gave up.",
    "said.ops.later": "I'll try again in a few days.",
    "said.ops.alerts": (
        "Alerts that Discord did not accept or confirm in the last week: {undelivered}. The members concerned see it "
        "in `/alert list`."
    ),
    "said.ops.outage": (
        "Discord is not accepting messages, reports and alerts included ({why}). I try again at least once an hour."
    ),
    "said.ops.broke": "{step} failed unexpectedly, attempt {attempt} of {most}; the bot's log has the details.",
    "said.ops.retrain": "The weekly training",
    "said.ops.missing": "The training of ETFs without a forecast",
    "said.ops.refresh": "The refresh",
    "said.ops.report": "Posting reports",
    "said.ops.again": "It will be tried again later.",
    "said.ops.not_again": "It will not be tried again until the bot restarts.",
    "said.ops.standstill": (
        "Trainings, refreshes and reports have stopped. {why} The bot tries again every {minutes} minutes."
    ),
    "said.ops.unexpected": "It failed unexpectedly; the bot's log has the details.",
    "said.stored_model.format": (
        "The stored model has format {format}, and this version of the program reads only format {newest}. "
        "Retrain the ETF."
    ),
    "said.stored_model.no_recipe": "The stored model has no recipe that could be read: {error}. Retrain the ETF.",
    "said.stored_model.unreadable": "The stored model cannot be read: {error}. Retrain the ETF.",
    "said.stored_model.none_yet": "{symbol} has no trained model from {source} prices yet. Train one: {command}",
    "said.stored_model.pointer": (
        "The file {file}, which names the model in use, cannot be read: {error}. Train a new model: {command}"
    ),
    "said.stored_model.named_wrongly": (
        "The file {file} should name the model in use, but {name} is not the name of a model of {symbol}. Train a new "
        "model: {command}"
    ),
    "said.stored_model.damaged": "The model {version} of {symbol} cannot be read: {damage}. Train a new one: {command}",
}
