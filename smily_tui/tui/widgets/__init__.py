"""Widgets: each shows one thing and posts messages."""
