"""What several features share: sources, dates, jobs, failures, permissions."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "option.symbol": "Ticker or name of the ETF",
    "option.symbol_or_all": "Ticker or name of an ETF (default: all)",
    "percent": "{number}%",
    "number.point": ".",
    "number.thousands": ",",
    "price.sign": "{sign}{figure}",
    "price.code": "{sign} {figure}",
    "price.pence": "{figure}p",
    "advice": "Not investment advice",
    "and_more": "… and {count} more",
    # Days of the week
    "day.all": "Every trading day",
    "day.mon": "Monday",
    "day.tue": "Tuesday",
    "day.wed": "Wednesday",
    "day.thu": "Thursday",
    "day.fri": "Friday",
    "day.sat": "Saturday",
    "day.sun": "Sunday",
    "day.1st": "First of the month",
    "language.name": "English",
    # Under every forecast
    "source.simulated": "simulated prices",
    "source.csv": "prices from CSV files",
    "source.yahoo": "prices from Yahoo",
    "small_print": "Based on {source} · dividends count as reinvested · not investment advice",
    "odds.under": "less than {bound}",
    "odds.over": "more than {bound}",
    "as_of.one": "As of {newest}.",
    "as_of.many": "As of {newest}; the oldest as of {oldest}.",
    "stale.one": "**Stale prices:** the last close is more than two trading days old.",
    "stale.many": "**Stale prices** ({which}): the last close is more than two trading days old.",
    "stale.all": "all ETFs",
    # How good forecasts were
    "model.lstm": "LSTM",
    "model.har": "HAR",
    "model.random_walk": "No change",
    "model.drift": "Drift",
    "model.climatology": "Climatology",
    "skill.same": "no better or worse than assuming no change",
    "skill.better": "{size} better than assuming no change",
    "skill.worse": "{size} worse than assuming no change",
    "record.young": "{symbol} is too young for a backtest of its own.",
    "record.line": (
        "On {cutoffs} past test dates this model was off by {mae} on average (MAE), {skill}. The 80% band contained "
        "the price {held} of the time."
    ),
    # What the words mean, one line each under an answer; `/explain` says more
    "term.mae": "MAE: the average miss",
    "term.rmse": "RMSE: the same, but big misses count more",
    "term.mse": "MSE: RMSE squared",
    "term.skill": "skill: how much smaller the MAE is than that of “no change”",
    "term.coverage": "80%, 95%: how often the price was inside these bands",
    "term.median": "median: half of outcomes above, half below",
    "term.band": "80% range: 8 in 10 closing prices should be inside",
    "term.correlation": "correlation: 1 = they move together, 0 = they have nothing in common",
    "term.random_walk": "no change: the price stays where it is",
    "term.drift": "drift: it keeps moving at its past average rate",
    "term.har": "HAR: a simple linear model of volatility",
    "term.climatology": "climatology: past moves repeat",
    "term.cutoff": "test date: a past day, forecast without later prices",
    "term.promised": "promised: the same figures in the backtest",
    "term.more": "more: `/explain`",
    # Jobs
    "job.retrain": "training of {symbols}",
    "job.refresh": "refresh of {symbols}",
    "job.and_more": "{symbols} and {count} more",
    "job.since": "{job}, started {when}",
    "job.step": "{job}: {symbol}, {stage} ({done} of {of})",
    "job.stage_prices": "prices",
    "job.stage_backtest": "backtest",
    "job.stage_fit": "fit",
    "job.stage_calibrate": "calibration",
    "job.stage_report": "report",
    # Failures
    "failure.under_way": "{symbol} has no forecast yet. In progress: {job}. Try again when it is done.",
    "failure.unknown_symbol": "I don't know an ETF called “{text}”. Check the spelling. Available here: {known}.",
    "failure.did_you_mean": "Did you mean {near}?",
    "failure.no_forecast": "{symbol} has no forecast yet. The next training will make one.",
    "failure.too_young": "{symbol} has prices for only {sessions:,} trading days; a forecast needs {needed:,}.",
    "failure.no_past_returns": (
        "The newest forecast of {symbol} lacks the price history that this needs. It will work after the next refresh."
    ),
    "failure.too_little_in_common": (
        "There is too little price history for this: it takes about a year and a half in which all of these ETFs were "
        "traded."
    ),
    "failure.unexpected": "Something unexpected went wrong. Please give the bot's owner this reference: `{reference}`.",
    "failure.discord_refuses": (
        "Discord refused that ({reason}). Check that the channel still exists and what I'm allowed to do there."
    ),
    "failure.discord_fails": "Discord has trouble answering me right now. Please try again in a few minutes.",
    "failure.database": (
        "The bot's database did not answer in time, so nothing was done. Please try again in a minute. If it keeps "
        "failing, give the bot's owner this reference: `{reference}`."
    ),
    "failure.storage": (
        "Nothing was done: {cause}. Only the bot's owner can fix that; please give them this reference: `{reference}`."
    ),
    "storage.full": "the disk of the bot's machine is full",
    "storage.read-only": "the bot's database can be read but not written",
    "storage.damaged": "the bot's database is damaged",
    "failure.member_lacks": "To use `/{command}` you need the permission **{permissions}** in the server **{server}**.",
    "failure.bot_lacks": (
        "I need the permissions **{permissions}** in {channel}. Grant them to my role in the channel's settings, then "
        "try again."
    ),
    "failure.bot_lacks.one": (
        "I need the permission **{permissions}** in {channel}. Grant it to my role in the channel's settings, then try "
        "again."
    ),
    "failure.only_in_servers": "`/{command}` only works in a server.",
    "failure.channel_unseen": (
        "I can't see {channel}: it is hidden from me or was deleted. Grant my role the permission **{permission}** in "
        "the channel's settings, or choose another channel."
    ),
    "failure.bad_option": "“{value}” isn't valid here. Pick one of the options that Discord suggests.",
    "failure.outdated": (
        "`/{command}` has been updated, but your Discord app still shows the old version. Restart Discord (Ctrl+R) and "
        "try again."
    ),
    "failure.too_fast": "Slow down: you can use this again {in_time}.",
    # Permissions, as Discord's settings call them
    "permission.manage_guild": "Manage Server",
    "permission.view_channel": "View Channel",
    "permission.send_messages": "Send Messages",
    "permission.create_posts": "Create Posts",
    "permission.send_messages_in_threads": "Send Messages in Threads",
    "permission.embed_links": "Embed Links",
    "permission.mention_everyone": "Mention @everyone, @here, and All Roles",
    "permission.attach_files": "Attach Files",
}
