"""What people read: pure functions of reports and records. All of the bot's English is in this package."""
