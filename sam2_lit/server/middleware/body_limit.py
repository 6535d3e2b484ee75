"""Limits the size of request bodies and the time between their chunks."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.server.error_responses import as_response, send_error

_ENVELOPE = 64 * 1024
"""Bytes of a GraphQL multipart upload in addition to the file."""


class BodyLimitMiddleware:
    """Refuses a request body that is too large with UPLOAD_TOO_LARGE, as soon as its size is known.

    A file in a multipart upload may have `upload` bytes, any other body `body` bytes. A request whose body does not
    continue for `idle` seconds is refused with CAPACITY_EXCEEDED.
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
        too_large = LitError(ErrorCode.UPLOAD_TOO_LARGE, f"the request is larger than {allowed} bytes; {what}")
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > allowed:
            await send_error(too_large, scope, receive, send)
            return
        incoming = _IncomingBody(receive, allowed, too_large, self.idle)
        with suppress(BodyRefused):
            await self.app(scope, incoming.receive, incoming.unless_refused(send))
        if incoming.refusal is not None:
            await incoming.refusal(scope, receive, send)


class BodyRefused(Exception):
    """Raised in the application when it reads a body that is refused."""


class _IncomingBody:
    """One body as it arrives. Once it is refused, the refusal replaces any response of the application."""

    def __init__(self, receive: Receive, allowed: int, too_large: LitError, idle: float) -> None:
        self.refusal: JSONResponse | None = None
        self._receive = receive
        self._allowed = allowed
        self._too_large = too_large
        self._idle = idle
        self._received = 0
        self._complete = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._idle)
        except TimeoutError:
            stalled = f"no more of the request's body arrived for {self._idle:g} seconds"
            self.refusal = as_response(LitError(ErrorCode.CAPACITY_EXCEEDED, stalled))
            self.refusal.status_code = HTTPStatus.REQUEST_TIMEOUT
            raise BodyRefused from None
        self._received += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._received > self._allowed:
            self.refusal = as_response(self._too_large)
            raise BodyRefused
        return message

    def unless_refused(self, send: Send) -> Send:
        async def send_unless_refused(message: Message) -> None:
            if self.refusal is None:
                await send(message)

        return send_unless_refused
