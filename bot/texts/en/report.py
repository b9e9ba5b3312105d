"""``/report`` and the weekly report."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.report": "The weekly report of this server",
    "command.report.set": "Schedule the weekly report",
    "option.report.channel": "Channel to post it in",
    "option.report.day": "Day of the week",
    "option.report.time": "Time of day, such as 09:00 or 9 pm",
    "option.report.timezone": "City or time zone, such as New York or Asia/Kolkata",
    "option.report.role": "Role to ping",
    "option.report.symbols": "ETFs to include, such as ARKK, SPY (default: all)",
    "option.report.skip_weekend": "Post on Monday instead of Saturday or Sunday",
    "command.report.here": "Post the weekly report in this channel, Saturdays at 9:00",
    "command.report.preview": "Preview the weekly report (only you see it)",
    "command.report.test": "Post the weekly report now, as a test",
    "command.report.pause": "Pause the weekly report and keep its settings",
    "command.report.resume": "Resume the weekly report after a pause or a failure",
    "command.report.off": "Turn off the weekly report in this server",
    "command.report.status": "Where and when the weekly report is posted",
    "report.set": (
        "From now on the weekly report is posted in {channel} every {day} at {at} ({zone}). Next: {next} ({in_time})."
    ),
    "report.role": "It pings {role}.",
    "report.symbols": "It covers {symbols}.",
    "report.weekend": "Markets are closed on {day}s and you chose to skip weekends, so it is posted on Mondays.",
    "report.training": "Models are retrained once a week; the next training is {next}.",
    "report.off": "The weekly report is now off in this server.",
    "report.off_anyway": "The weekly report was already off.",
    "report.none": "The weekly report is off. Turn it on with `/report here` or `/report set`.",
    "report.goes": "The weekly report is posted in {channel} every {day} at {at} ({zone}). Next: {next} ({in_time}).",
    "report.should_go": "The weekly report is set to {channel}, every {day} at {at} ({zone}).",
    "report.is_paused": "It is paused; `/report resume` restarts it.",
    "report.paused": "The weekly report is paused. Its settings are kept; `/report resume` restarts it.",
    "report.resumed": "The weekly report is back on in {channel}. Next: {next} ({in_time}).",
    "report.forbidden": (
        "Discord doesn't let me post there, so I stopped trying. Allow me to view the channel, send messages, embed "
        "links and attach files, then use `/report resume`."
    ),
    "report.gone": (
        "The channel no longer exists, so I stopped trying. Choose another one with `/report set` or `/report here`."
    ),
    "report.sent": "The report for week {week} was posted {when}.",
    "report.sending": (
        "The bot stopped while posting the report for week {week} ({when}). I'll check whether it arrived before I try "
        "again."
    ),
    "report.unknown": (
        "Discord didn't confirm the report for week {week} ({when}). I'll check whether it arrived before I try again."
    ),
    "report.lost": (
        "Discord didn't confirm the report for week {week} ({when}), and I'm not allowed to read the message history "
        "there to see whether it arrived. To avoid a duplicate, I won't post it again."
    ),
    "report.empty": "There was nothing to report for week {week} {when}: none of its ETFs has a forecast yet.",
    "report.failed": "Posting the report for week {week} failed {when}; I'll try again.",
    "report.given_up": "The report for week {week} could not be posted; I gave up {when} after several attempts.",
    "report.refused": "Posting the report for week {week} failed {when}.",
    "report.preview": "Preview (only you can see this). The report would look like this now:",
    "report.test": "**Test post.** The real weekly report is due {next}.",
    "report.tested": "Posted in {channel}: {link}",
    "report.bad_time": "I don't understand the time “{text}”. Write it like 09:00, 21:30 or 9 pm.",
    "report.bad_zone": (
        "I don't know the time zone “{text}”. Pick one from the list that appears while you type a city, such as "
        "Europe/London."
    ),
    "report.many_zones": "“{text}” is ambiguous. Pick one from the list while you type, such as {zones}.",
    "report.everyone": "The report can't ping @everyone. Choose an opt-in role, or leave the option empty.",
    "report.role_forbidden": (
        "I'm not allowed to ping {role} in {channel}. Either let anyone mention that role (in the role's settings), or "
        "grant me the permission **{permission}** in that channel. Then try again."
    ),
    "report.too_many_symbols": "A report can cover at most {most} ETFs; you named {count}.",
    # The post
    "weekly.title": "Weekly forecast, {horizon} trading days ahead",
    "weekly.as_of": "As of the close of {close}. Brackets: 80% range in {horizon} trading days.",
    "weekly.as_of_no_session": (
        "Markets are closed today; as of the last close, {close}. Brackets: 80% range in {horizon} trading days."
    ),
    "weekly.record": (
        "**Last week:** {inside} of {closes} closing prices fell inside the 80% bands; by the end of the week our "
        "median beat “no change” for {nearer} of {etfs} ETFs. `/track` shows the whole record."
    ),
    "weekly.head": " · record {head}",
    "weekly.all_old": "**Not new:** this week's training failed, so these forecasts use older models.",
    "weekly.some_old": "**Not new:** this week's training failed for {symbols}, so an older model is used.",
    "weekly.more": "Choose an ETF below to see its chart. `/scores` shows how accurate past forecasts were.",
    "weekly.to": "to",
    "weekly.week": "week {change}",
    "weekly.behind": "as of {session}",
    "weekly.not_new": "not new",
    "weekly.young": "too young for a backtest of its own",
    "weekly.young_short": "no scores yet",
    "weekly.skill": "skill {skill}",
    "weekly.changes": "What changed this week",
    "weekly.promoted": "New model in use for {symbols}.",
    "weekly.faults": "Rejected prices: {faults}.",
    "weekly.failed": "{symbol}: {message}",
    "weekly.scores": "Scores",
    "weekly.track": "Past forecasts",
    "weekly.menu": "Show one ETF (only to you)",
    "weekly.alt": (
        "One bar for each ETF: median and 80% range in {horizon} trading days, as a change from its last close."
    ),
    "weekly.alt_line": "{symbol}: {median}, {low} to {high}.",
}
