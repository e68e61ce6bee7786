"""What the store knows about a code or refresh token that was refused."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from smily_tui.clock import moment
from smily_tui.oauth.diagnosis import CodeEvidence, RefreshEvidence, Use, oddity
from smily_tui.vault.errors import VaultError
from smily_tui.vault.history import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smily_tui.clock import Instant
    from smily_tui.oauth.requests import LinkShown
    from smily_tui.secret import Secret
    from smily_tui.vault.history import Ledger, Rotation
    from smily_tui.vault.model import Authorization


def about_code(
    code: Secret, link: LinkShown | None, spent: Mapping[str, float], now: Instant, *, answer_lost: bool
) -> CodeEvidence:
    """What speaks for which cause when a code was refused; `spent` are the codes exchanged here."""
    at = spent.get(code.fingerprint())
    return CodeEvidence(
        link_age=None if link is None else max(0.0, now.since(link.made)),
        spent_at="" if at is None else moment(at, now.wall),
        answer_lost=answer_lost,
        other_client=link is not None and link.other_client,
        odd=oddity(code.reveal()),
    )


def about_refresh(
    ledger: Ledger, stored: Authorization, interrupted_at: float | None, now: Instant
) -> RefreshEvidence:
    """What speaks for which cause when every refresh token of an account was refused."""
    history: list[Rotation] = []
    with contextlib.suppress(VaultError):
        # a new authorization takes its twin's place and ledger, and its generations begin at one again
        history = [each for each in ledger.read() if each.at >= stored.authorized_at]
    ours = fingerprint(stored.current.refresh)
    replaced = next((each for each in reversed(history) if _replaces(each, ours, stored.generation)), None)
    renewed = max((each.at for each in history if each.outcome == "renewed"), default=0.0)
    taken = [each.at for each in history if each.outcome == "taken back" and each.at >= renewed]
    return RefreshEvidence(
        replaced=None if replaced is None else _use(replaced, now),
        interrupted_at="" if interrupted_at is None else moment(interrupted_at, now.wall),
        taken_back_at=moment(taken[-1], now.wall) if taken else "",
    )


def _replaces(rotation: Rotation, ours: str, generation: int) -> bool:
    """Whether that use gave a token that is newer than the stored one."""
    if rotation.got in ("", ours):
        return False
    return rotation.spent == ours or (rotation.outcome == "renewed" and rotation.generation > generation)


def _use(rotation: Rotation, now: Instant) -> Use:
    by = ": ".join(each for each in (rotation.host, rotation.process) if each)
    return Use(moment(rotation.at, now.wall), by)
