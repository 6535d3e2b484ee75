"""How much a request may bring, and how long it may take over it."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.server.error_responses import as_response, send_error

# What a GraphQL multipart upload holds beside the file.
_ENVELOPE = 64 * 1024


class BodyLimitMiddleware:
    """Refuses a request body that is too large with UPLOAD_TOO_LARGE, as soon as that is known.

    An upload (multipart) may have `upload` bytes, any other body `body` bytes. One that stops coming for `idle` seconds
    is given up with CAPACITY_EXCEEDED.
    """

    def __init__(self, app: ASGIApp, upload: int, body: int, idle: float) -> None:
        self.app = app
        self.upload = upload
        self.body = body
        self.idle = idle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_upload = headers.get("content-type", "").startswith("multipart/form-data")
        allowed = self.upload + _ENVELOPE if is_upload else self.body
        what = f"an uploaded file may have {self.upload} bytes" if is_upload else "send files as a multipart upload"
        refusal = LitError(ErrorCode.UPLOAD_TOO_LARGE, f"the request is larger than {allowed} bytes; {what}")
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > allowed:
            await send_error(refusal, scope, receive, send)
            return
        reading = _Reading(receive, allowed, refusal, self.idle)
        with suppress(BodyRefused):
            await self.app(scope, reading.receive, reading.unless_refused(send))
        if reading.refused is not None:
            await reading.refused(scope, receive, send)


class BodyRefused(Exception):
    """Ends the reading of a body that is not taken."""


class _Reading:
    """One body on its way in. Once it is refused, only that is answered, whatever the application makes of it."""

    def __init__(self, receive: Receive, allowed: int, refusal: LitError, idle: float) -> None:
        self.refused: JSONResponse | None = None
        self._receive = receive
        self._allowed = allowed
        self._refusal = refusal
        self._idle = idle
        self._received = 0
        self._complete = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._idle)
        except TimeoutError:
            stalled = f"the request's body stopped coming for {self._idle:g} seconds"
            self.refused = as_response(LitError(ErrorCode.CAPACITY_EXCEEDED, stalled))
            self.refused.status_code = HTTPStatus.REQUEST_TIMEOUT
            raise BodyRefused from None
        self._received += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._received > self._allowed:
            self.refused = as_response(self._refusal)
            raise BodyRefused
        return message

    def unless_refused(self, send: Send) -> Send:
        async def guarded(message: Message) -> None:
            if self.refused is None:
                await send(message)

        return guarded
