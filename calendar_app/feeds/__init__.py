"""Occurrences as files for machines: iCalendar, JSON, CSV, text, Atom."""
