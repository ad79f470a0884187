"""The process that knows people: applies requests, plans what is due, sends."""
