"""``/report`` and the reports."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.report": "The daily, weekly and monthly reports of this server",
    "command.report.set": "Schedule a daily, weekly or monthly report",
    "option.report.channel": "Channel, thread or forum to post it in",
    "option.report.day": "Every trading day, a day of the week, or the first of the month",
    "option.report.time": "Time of day, such as 09:00 or 9 pm",
    "option.report.timezone": "City or time zone, such as New York or Asia/Kolkata",
    "option.report.role": "Role to ping",
    "option.report.symbols": "ETFs to include, such as ARKK, SPY (default: all)",
    "option.report.skip_weekend": "Post on Monday instead of Saturday or Sunday",
    "option.report.language": "Language of the report (default: the server's)",
    "option.report.publish": "In an announcement channel: publish each report to the channels that follow it",
    "option.report.portfolio": "One of your saved portfolios; everyone in the channel sees the report's copy of it",
    "option.report.report": "Which report, if the server has several",
    "option.report.change": "Report to change, or a new one (default: the one of the same kind)",
    "choice.report.new": "New report",
    "command.report.here": "Post the weekly report in this channel, Saturdays at 9:00",
    "command.report.preview": "Preview a report (only you see it)",
    "command.report.test": "Post a report now, as a test",
    "command.report.pause": "Pause a report and keep its settings",
    "command.report.resume": "Resume a report after a pause or a failure",
    "command.report.off": "Turn off a report in this server",
    "command.report.status": "Where and when the reports are posted",
    "report.set": ("From now on the {report} is posted in {channel} {day} at {at} ({zone}). Next: {next} ({in_time})."),
    "report.daily": "daily report",
    "report.weekly": "weekly report",
    "report.monthly": "monthly report",
    "report.on_daily": "after every trading day",
    "report.on_weekly": "every {day}",
    "report.on_monthly": "on the first of every month",
    "report.of_daily": "for {period}",
    "report.of_weekly": "for week {period}",
    "report.of_monthly": "for {period}",
    "report.number": "**{number}.** {text}",
    "report.choice": "{number} · {report} in {channel}",
    "report.role": "It pings {role}.",
    "report.symbols": "It covers {symbols}.",
    "report.mix": "It includes the portfolio **{name}** ({parts}), as it was when the report was set.",
    "report.weekend": "Markets are closed on {day}s and you chose to skip weekends, so it is posted on Mondays.",
    "report.weekend_monthly": "If the first is a Saturday or Sunday, it is posted on the Monday after it.",
    "report.language": "Language: {language}.",
    "report.publishes": "Each post is published to the channels that follow {channel}.",
    "report.training": "Models are retrained once a week; the next training is {next}.",
    "report.off": "The report is now off in this server.",
    "report.off_anyway": "No report was on in this server.",
    "report.none": "No report is on in this server. Turn one on with `/report here` or `/report set`.",
    "report.goes": "The {report} is posted in {channel} {day} at {at} ({zone}). Next: {next} ({in_time}).",
    "report.should_go": "The {report} is scheduled for {channel}, {day} at {at} ({zone}).",
    "report.is_paused": "It is paused; `/report resume` restarts it.",
    "report.paused": "The {report} is paused. Its settings are kept; `/report resume` restarts it.",
    "report.resumed": "The {report} is back on in {channel}. Next: {next} ({in_time}).",
    "report.forbidden": (
        "Discord doesn't let me post there, so I stopped trying. Allow me to view the channel, send messages, embed "
        "links and attach files, then use `/report resume`."
    ),
    "report.gone": (
        "The channel no longer exists, so I stopped trying. Choose another one with `/report set` or `/report here`."
    ),
    "report.sent": "The report {period} was posted {when}.",
    "report.sending": (
        "The bot stopped while posting the report {period} ({when}). I'll check whether it arrived before I try again."
    ),
    "report.unknown": (
        "Discord didn't confirm the report {period} ({when}). I'll check whether it arrived before I try again."
    ),
    "report.lost": (
        "Discord didn't confirm the report {period} ({when}), and I'm not allowed to read the message history "
        "there to see whether it arrived. To avoid a duplicate, I won't post it again."
    ),
    "report.empty": "There was nothing to report {period} {when}: none of its ETFs has a forecast yet.",
    "report.empty_daily": "There was nothing to report {period} {when}: none of its ETFs has that day's close yet.",
    "report.failed": "Posting the report {period} failed {when}; I'll try again.",
    "report.given_up": "The report {period} could not be posted; I gave up {when} after several attempts.",
    "report.too_late": "Posting the report {period} failed {when}, and now it is too late for it.",
    "report.never_confirmed": (
        "Discord didn't confirm the report {period} ({when}), and now it is too late to post it again."
    ),
    "report.refused": "Posting the report {period} failed {when}.",
    "report.preview": "Preview (only you can see this). The report would look like this now:",
    "report.test": "**Test post.** The real report is due {next}.",
    "report.test_name": "Test: {title}",
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
    "report.too_many": (
        "This server already has {count} reports, the maximum. Change one with the option `report` of `/report set`, "
        "or turn one off with `/report off`."
    ),
    "report.which": "This server has several reports. Say which one with the option `report`:",
    "report.no_such": "This server has no report “{text}”. Pick one from the list of the option `report`:",
    "report.which_set": (
        "This server has several reports of this kind. Say with the option `report` of `/report set` which one to "
        "change, or choose a new one:"
    ),
    "report.not_news": "Only posts in an announcement channel can be published, and {channel} is not one.",
    "report.needs_tag": (
        "{channel} takes only posts with a tag, and I can't choose one. Turn off “Require people to select tags when "
        "posting” in its settings, or choose another channel."
    ),
    # The posts
    "report.mix_title": "Portfolio",
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
    "weekly.since": "week {change}",
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
    "monthly.title": "Monthly forecast, {horizon} trading days ahead",
    "monthly.record": (
        "**Track record:** {held} of {closes} closing prices fell inside the 80% bands; our forecasts beat “no change” "
        "for {better} of {etfs} ETFs. `/track` shows the whole record."
    ),
    "monthly.since": "month {change}",
    "monthly.changes": "What changed this month",
    "daily.title": "Daily forecast",
    "daily.as_of": (
        "As of the close of {close}, with the change since the previous close, and 80% ranges (days are trading days)."
    ),
    "daily.crossings": "**Outside the 80% band forecast the day before:** {symbols}",
    "daily.above": "{symbol} (above)",
    "daily.below": "{symbol} (below)",
    "daily.range": "{low} to {high}",
    "daily.next": "next day {range}",
    "daily.ahead": "in {days} days {range}",
}
