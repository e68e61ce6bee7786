"""Whose token it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smily_tui.text import Clean


@dataclass(frozen=True)
class Identity:
    """An account at Smily.

    Attributes:
        account_id: Smily's number of the account; None where it is not known.
        business_name: the account's name; empty where it is not known.
        status: trial, paying, suspended, or what the server says.
        remark: why something is not known; empty where all is.
        clock_off: how many seconds this computer's clock is ahead of the server's; None: not known.
    """

    account_id: int | None
    business_name: Clean
    status: Clean
    remark: Clean
    clock_off: float | None = None
