"""Answers that are cut on their way."""
