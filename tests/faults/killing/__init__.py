"""Real kills of the programs that refresh: front ends, the helper, the whole terminal."""
