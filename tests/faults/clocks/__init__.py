"""Clocks that jump, machines that restart and sleep, servers with odd ideas of time."""
