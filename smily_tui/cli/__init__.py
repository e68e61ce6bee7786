"""Command line: one file per command, heavy imports inside the command."""
