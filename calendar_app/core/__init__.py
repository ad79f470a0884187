"""The pure core: dates, rules, occurrences, identity.

No input, no output, no language, no clock.
"""
