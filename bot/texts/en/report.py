"""``/report`` and the weekly report."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.report": "The weekly report of this server",
    "command.report.set": "Have the weekly report posted at a time of your choice",
    "option.report.channel": "Where it is posted",
    "option.report.day": "Day of the week",
    "option.report.time": "Time of the day, such as 09:00 or 9 pm",
    "option.report.timezone": "City or zone, such as New York or Asia/Kolkata",
    "option.report.role": "Role that the post mentions",
    "option.report.symbols": "ETFs that it is about, such as ARKK, SPY; all of them without it",
    "option.report.skip_weekend": "Post a Saturday's or Sunday's report on Monday",
    "command.report.here": "Have the weekly report posted in this channel, Saturdays at 9:00",
    "command.report.preview": "See how the weekly report would look now; nobody else does",
    "command.report.test": "Post the weekly report now, as a test",
    "command.report.pause": "No weekly report until you resume it; its settings are kept",
    "command.report.resume": "Go on with the weekly report after a pause or a failure",
    "command.report.off": "No more weekly reports in this server",
    "command.report.status": "Where the weekly report goes, and when it comes next",
    "report.set": (
        "The weekly report comes to {channel} from now on, every {day} at {at} in {zone}: next {next} ({in_time})."
    ),
    "report.role": "It mentions {role}.",
    "report.symbols": "It is about {symbols}.",
    "report.weekend": "A {day} has no session, and you asked to skip the weekend: so it comes on Mondays.",
    "report.training": "The models are trained anew once a week; the next training is due {next}.",
    "report.off": "No more weekly reports in this server.",
    "report.off_anyway": "This server gets no weekly report anyway.",
    "report.none": "This server gets no weekly report. `/report here` or `/report set` has it posted.",
    "report.goes": "The weekly report goes to {channel}, every {day} at {at} in {zone}: next {next} ({in_time}).",
    "report.should_go": "The weekly report should go to {channel}, every {day} at {at} in {zone}.",
    "report.is_paused": "It is paused: `/report resume` goes on with it.",
    "report.paused": "The weekly report is paused. Its settings are kept; `/report resume` goes on with it.",
    "report.resumed": "The weekly report goes on in {channel}: next {next} ({in_time}).",
    "report.forbidden": (
        "Discord says that I may not post there, so I stopped trying. Let me view the channel, send messages, embed "
        "links and attach files there, then use `/report resume`."
    ),
    "report.gone": "The channel is gone, so I stopped trying. Choose another one with `/report set` or `/report here`.",
    "report.sent": "The report of week {week} was posted {when}.",
    "report.sending": "I was stopped while posting the report of week {week} {when}, and won't post it twice.",
    "report.failed": "The report of week {week} could not be posted {when}; I try again.",
    "report.given_up": "The report of week {week} could not be posted {when}, and I gave it up after several attempts.",
    "report.refused": "The report of week {week} could not be posted {when}.",
    "report.preview": "Only you see this. So would the report look now:",
    "report.test": "**Test** of the weekly report. The real one comes {next}.",
    "report.tested": "Posted in {channel}: {link}",
    "report.bad_time": "{text!r} is no time of the day. Write it like 09:00, 21:30 or 9 pm.",
    "report.bad_zone": (
        "{text!r} names no time zone. Choose one of those that I suggest while you type a city, such as Europe/London."
    ),
    "report.many_zones": (
        "{text!r} could be several time zones. Choose one of those that I suggest while you type, such as {zones}."
    ),
    "report.everyone": (
        "The report cannot mention @everyone. Choose a role that people can take or leave, or leave the option empty."
    ),
    "report.role_forbidden": (
        "I may not mention {role} in {channel}: nobody may mention that role, and I lack the permission "
        "**{permission}** there. Let everybody mention the role in its settings, or grant me that permission, then try "
        "again."
    ),
    "report.too_many_symbols": "The report is about {most} ETFs at most, and you named {count}.",
    "weekly.title": "Weekly forecast, {horizon} sessions ahead",
    "weekly.as_of": "As of the close of {close}; in brackets the 80 % range.",
    "weekly.as_of_no_session": ("No session today: as of the last close, {close}; in brackets the 80 % range."),
    "weekly.record": (
        "**Last week:** {inside} of {closes} closes inside the 80 % bands; at its end the median was nearer than no "
        "change for {nearer} of {etfs} ETFs. `/track` shows the whole record."
    ),
    "weekly.head": " · record {head}",
    "weekly.all_old": (
        "**Not new:** this week's training failed, and these forecasts are from the model of an earlier week."
    ),
    "weekly.some_old": (
        "**Not new:** this week's training failed, and {symbols}: the forecast is from the model of an earlier week."
    ),
    "weekly.more": "Choose an ETF below for its chart; `/scores` shows how such forecasts did.",
    "weekly.to": "to",
    "weekly.week": "week {change}",
    "weekly.behind": "as of {session}",
    "weekly.not_new": "not new",
    "weekly.young": "too young for a backtest of its own",
    "weekly.young_short": "no scores yet",
    "weekly.skill": "skill {skill}",
    "weekly.changes": "What changed this week",
    "weekly.promoted": "A new model forecasts: {symbols}.",
    "weekly.faults": "Prices that were not used: {faults}.",
    "weekly.failed": "{symbol}: {message}",
    "weekly.scores": "Scores",
    "weekly.track": "Past forecasts",
    "weekly.menu": "Show one ETF, to you alone",
    "weekly.alt": ("One bar for each ETF: median and 80 % range in {horizon} sessions, in % from its last close."),
    "weekly.alt_line": "{symbol}: {median}, {low} to {high}.",
}
