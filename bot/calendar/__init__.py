"""Weekly times and time zones."""
