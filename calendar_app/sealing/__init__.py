"""Secrecy: what a person sends is sealed before it is stored, and opened by the worker alone."""
