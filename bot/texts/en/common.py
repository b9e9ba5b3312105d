"""What several features share: sources, dates, errors, permissions."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "option.symbol": "Ticker or name of the ETF",
    "option.symbol_or_all": "Ticker or name of one ETF; all of them without it",
    "day.mon": "Monday",
    "day.tue": "Tuesday",
    "day.wed": "Wednesday",
    "day.thu": "Thursday",
    "day.fri": "Friday",
    "day.sat": "Saturday",
    "day.sun": "Sunday",
    "advice": "not investment advice",
    "failure.under_way": (
        "There is no forecast for {symbol} yet. A job is under way: {job}. Please ask again when it is done."
    ),
    "failure.unknown_symbol": (
        "No ETF is known here by the name {text!r}. Check the ticker's spelling. Known here: {known}"
    ),
    "failure.no_forecast": "There is no forecast for {symbol} yet. It comes with the next training.",
    "failure.too_young": "{symbol} has only {sessions} sessions of prices, and a forecast needs at least {needed}.",
    "failure.unexpected": (
        "Something went wrong here that nobody foresaw. It is in the bot's log under the reference `{reference}`; "
        "please tell whoever runs the bot."
    ),
    "failure.database": (
        "The bot's database did not answer in time, so this was not done. Please try again in a minute. It is in the "
        "bot's log under the reference `{reference}`."
    ),
    "failure.member_lacks": (
        "`/{command}` needs the permission **{permissions}** in the server **{server}**, which you lack."
    ),
    "failure.bot_lacks": (
        "I lack the permission **{permissions}** in {channel}. Grant it to my role in that channel's settings, then "
        "try again."
    ),
    "failure.only_in_servers": "`/{command}` works in the channels of a server only.",
    "failure.channel_unseen": (
        "I cannot see {channel}: it is hidden from me, or gone. Grant my role the permission **{permission}** in that "
        "channel's settings, or choose another channel."
    ),
    "failure.bad_option": "This command can make nothing of {value!r}. Choose what Discord offers while you type.",
    "failure.outdated": (
        "`/{command}` has changed, and your Discord shows it as it was. Restart Discord (Ctrl+R), then try again."
    ),
    "failure.too_fast": "That was a lot in a short time. Please try again {in_time} ({at}).",
    "permission.manage_guild": "Manage Server",
    "permission.view_channel": "View Channel",
    "permission.send_messages": "Send Messages",
    "permission.send_messages_in_threads": "Send Messages in Threads",
    "permission.embed_links": "Embed Links",
    "permission.mention_everyone": "Mention @everyone, @here, and All Roles",
    "permission.attach_files": "Attach Files",
    "source.simulated": "simulated prices",
    "source.csv": "prices of CSV files",
    "source.yahoo": "Yahoo's prices",
    "source.other": "prices of {source}",
    "and_more": "… and {count} more",
    "odds.under": "under {bound}",
    "odds.over": "over {bound}",
    "small_print": "Made from {source} · dividends count as reinvested · not investment advice",
    "skill.same": "no better and no worse than no change",
    "skill.better": "{size} % better than no change",
    "skill.worse": "{size} % worse than no change",
    "record.young": "{symbol} is too young for a backtest of its own",
    "record.line": "MAE {mae}, {skill} over {cutoffs} cut-offs; the 80 % band held {held}",
    "stale.one": "**Stale prices:** more than two sessions have ended since this close.",
    "stale.many": "**Stale prices** of {which}: more than two sessions have ended since",
    "stale.all": "all ETFs",
    "model.lstm": "LSTM",
    "model.har": "HAR",
    "model.random_walk": "No change",
    "model.drift": "Drift",
    "model.climatology": "Climatology",
    "as_of.one": "As of {newest}.",
    "as_of.many": "As of {newest}, the oldest as of {oldest}.",
    "job.retrain": "training of {symbols}",
    "job.refresh": "refresh of {symbols}",
    "job.since": "{job}, since {when}",
    "job.step": "{job}: {symbol}, {stage}, {done} of {of}",
    "job.stage_prices": "prices",
    "job.stage_backtest": "backtest",
    "job.stage_fit": "fit",
    "job.stage_calibrate": "calibrate",
    "job.stage_report": "report",
    "job.and_more": "{symbols} and {count} more",
}
