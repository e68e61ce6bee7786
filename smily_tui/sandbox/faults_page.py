"""Page for faults: orders and withdraws them while the sandbox runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from smily_tui.sandbox.faults import EFFECTS, FAULTS
from smily_tui.sandbox.forms import Forms, page, read_form
from smily_tui.sandbox.guard import FAULTS as PATH

if TYPE_CHECKING:
    from starlette.requests import Request

    from smily_tui.sandbox.state import State


class FaultsPage:
    """Page below /sandbox/, for a browser on this computer."""

    def __init__(self, state: State, forms: Forms) -> None:
        self._faults = state.faults
        self._forms = forms

    async def show(self, request: Request) -> Response:
        """GET /sandbox/faults: list the faults, and which of them are waiting."""
        faults = [(name, EFFECTS[name], self._faults.is_waiting(name)) for name in FAULTS]
        return self._forms.page(request, "faults.html", faults=faults)

    async def change(self, request: Request) -> Response:
        """POST /sandbox/faults: order or withdraw one."""
        form = await read_form(request)
        if refusal := self._forms.refusal(request, form):
            return refusal
        if withdrawn := next((name for name in FAULTS if name == form.get("withdraw")), None):
            self._faults.take(withdrawn)
        self._faults.order(form.get("order", ""))
        if form.get("order") == "offline":  # a redirect would lead to a closed port
            return page("offline.html", effect=EFFECTS["offline"])
        return RedirectResponse(PATH, 303)
