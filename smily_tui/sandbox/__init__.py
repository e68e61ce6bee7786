"""Smily-like OAuth server on loopback, for demos, tests and people without an application."""
