"""Answer that is cut on its way, for the fault of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send


class CutAnswer(Response):
    """Answer that is cut: the server has acted, and a part of the body arrives."""

    def __init__(self, whole: Response) -> None:
        super().__init__()
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and a few bytes, then end the connection."""

        async def cut(message: Message) -> None:
            # uvicorn closes a connection with an unfinished body, which the client sees as a cut
            if message["type"] == "http.response.body":
                message = {**message, "body": message["body"][:20], "more_body": True}
            await send(message)

        await self._whole(scope, receive, cut)
