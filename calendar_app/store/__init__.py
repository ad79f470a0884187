"""The store: requests on their way in, one row per person, one row per delivery."""
