"""A process of its own that meets servers which send too much, and tells how its memory grew.

Run as `python -m tests.hostile.greedy_client NAME=PORT…`; one JSON line per server: name, error, seconds,
growth of the resident memory's peak in KiB.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from pathlib import Path

from smily_tui.oauth.errors import OAuthFailure
from smily_tui.oauth.http import LARGEST_ANSWER, Transport
from smily_tui.oauth.token_response import read_token_response
from smily_tui.secret import Secret

DEADLINE = 2.0
GREEDY = "without a limit"


def peak() -> int:
    """The highest resident memory so far, in KiB.

    Not `ru_maxrss`: a child inherits there what its parent once had, and a growth below that is not seen.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def main(servers: list[str]) -> None:
    """Ask each server in turn; the first, which is honest, warms up what is loaded only once."""
    for index, server in enumerate(servers):
        name, _, port = server.rpartition("=")
        largest = 1 << 30 if name == GREEDY else LARGEST_ANSWER
        transport = Transport(f"http://127.0.0.1:{port}", deadline=DEADLINE, largest=largest)
        gc.collect()  # the TLS settings of earlier requests are in cycles and would count for this one
        before, began, error = peak(), time.monotonic(), ""
        try:
            for _ in range(3 if index == 0 else 1):
                answer = transport.post_form("/oauth/token", (("code", Secret("c0de" * 16)),))
                read_token_response(answer.status, answer.body, answer.coding)
        except OAuthFailure as failure:
            error = failure.name
        print(json.dumps([name, error, time.monotonic() - began, peak() - before]))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
