"""Reminders by mail: what people ask for, what is due, and that each mail is sent once."""
