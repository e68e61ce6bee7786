"""Crashes that no kill can show: what a disk may hold when the power goes, and calls that fail one by one."""
