"""Where the wizard begins: anew, with a stored application, or where a person left off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smily_tui.vault.drafts import Draft
    from smily_tui.vault.model import Application


@dataclass(frozen=True)
class Start:
    """Where the wizard begins.

    Attributes:
        application: a stored one; then the wizard opens at step 3.
        scopes: what to ask for.
        account_id: the account that the page should have chosen.
    """

    application: Application | None = None
    scopes: tuple[str, ...] = ("public",)
    account_id: int | None = None

    def is_where(self, draft: Draft) -> bool:
        """Whether the wizard begins where the draft left off, so that nothing need be asked."""
        return (
            self.application is not None
            and draft.step == "authorize"
            and (self.application.key, self.scopes, self.account_id)
            == (draft.application, draft.scopes, draft.account_id)
        )
