"""Tests of Windows' own calls are collected there alone; `make windows` runs them under Wine."""

from __future__ import annotations

import sys

collect_ignore = [] if sys.platform == "win32" else ["test_windows.py"]
