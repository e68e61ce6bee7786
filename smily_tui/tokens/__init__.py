"""Tokens: refreshed, exchanged, handed over and recovered, in a process that outlives the terminal."""
