"""Ratios of the program's costs to baselines that are measured beside it."""
