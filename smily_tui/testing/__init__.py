"""Smily-like server for your own tests: a sandbox, tokens, an owner who approves, faults and a clock.

    from smily_tui.testing import sandbox

    with sandbox() as smily:
        tokens = smily.authorize()

The pytest fixture is in `smily_tui.testing.fixtures`; see docs/testing.md.
"""

from smily_tui.sandbox.owner import AuthorizationResponse, PageUnusable
from smily_tui.sandbox.server import Options
from smily_tui.testing.running import RunningSandbox, Tokens, sandbox

__all__ = [
    "AuthorizationResponse",
    "Options",
    "PageUnusable",
    "RunningSandbox",
    "Tokens",
    "sandbox",
]
