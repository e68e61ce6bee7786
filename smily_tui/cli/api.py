"""`smily-tui api`: GET a path of the API with a valid token."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import add_account_argument, open_accounts, settle
from smily_tui.cli.streams import tell
from smily_tui.errors import SmilyError
from smily_tui.oauth.api_answer import LARGEST_BODY
from smily_tui.text import Untrusted, clean
from smily_tui.tokens.requirement import TokenRequirement

if TYPE_CHECKING:
    import argparse

    from smily_tui.accounts import Accounts
    from smily_tui.oauth.requests import Response
    from smily_tui.vault.model import Account

_LIMITS = ("x-ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-reset")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Untrusted, metavar="PATH", help="the part after /api/v3/, such as: me")
    add_account_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Write the body to stdout; status and rate limit to stderr."""
    from smily_tui.oauth.api import api_path, refusal
    from smily_tui.oauth.diagnosis import clock_warning
    from smily_tui.oauth.headers import clock_off

    path = api_path(options.path)
    stored = open_accounts(options)
    account = stored.find(options.account)
    response = _get(stored, account, path)
    tell(_status_line(response))
    now = stored.clock.now().wall
    failure = refusal(
        response, ("GET", path), granted=account.granted_scopes, asked=account.requested_scopes, now=now
    )
    if failure is not None:
        remark = clock_warning(clock_off(response.headers, now))
        if remark:
            tell(remark)
        raise failure
    _write(response.body)
    if not account.is_identified:
        with contextlib.suppress(SmilyError):
            stored.identify(account.address).wait()
        settle(stored, account)
    return 0


def _get(stored: Accounts, account: Account, path: str) -> Response:
    """Send one request; after a 401 one more, with a token that is not the refused one."""
    from smily_tui.oauth.http import Transport

    token = stored.valid_token(account.address, TokenRequirement())
    transport = Transport(account.server, largest=LARGEST_BODY)
    response = transport.get(path, token)
    if response.status == 401:
        response = transport.get(path, stored.valid_token(account.address, TokenRequirement(rejected=token)))
    return response


def _status_line(response: Response) -> str:
    limits = [f"{name}: {response.headers[name]}" for name in _LIMITS if name in response.headers]
    return "  ".join([f"status: {response.status}", *limits])


def _write(body: bytes) -> None:
    """Write the body as it came; strip control characters on a terminal."""
    # a file or a program gets every byte; escape sequences are a danger to terminals alone
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(body)
        return
    text = body.decode("utf-8", "replace")
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip(" "))]
        sys.stdout.write(indent + clean(line, LARGEST_BODY) + "\n")
