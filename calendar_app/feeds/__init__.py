"""Occurrences as files for machines: iCalendar now; the other formats join here."""
