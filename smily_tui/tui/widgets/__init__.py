"""The widgets: each shows one thing and posts messages."""
