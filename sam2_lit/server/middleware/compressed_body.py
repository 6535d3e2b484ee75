"""Decompresses request bodies."""

import zlib

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sam2_lit.server.error_responses import BadRequest, send_error

_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_CHUNK = 64 * 1024
"""The most bytes that are decompressed at once."""


class CompressedBodyMiddleware:
    """Decompresses a body with `Content-Encoding: gzip` or `deflate` while it arrives, and refuses other encodings.

    It holds a chunk of the body at a time. `BodyLimitMiddleware`, inside it, limits the decompressed size.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        encoding = _encoding(scope)
        if encoding in ("identity", ""):
            await self.app(scope, receive, send)
            return
        if encoding not in _WINDOW_BITS:
            refusal = BadRequest(
                f"the body has the Content-Encoding {encoding!r}; send it as gzip, as deflate or uncompressed",
                status=415,
                headers={"Accept-Encoding": "gzip, deflate"},
            )
            await send_error(refusal, scope, receive, send)
            return
        headers = [each for each in scope["headers"] if each[0] not in (b"content-encoding", b"content-length")]
        body = _DecompressedBody(receive, encoding)
        await self.app({**scope, "headers": headers}, body.receive, send)


def _encoding(scope: Scope) -> str:
    if scope["type"] != "http":
        return "identity"
    return Headers(scope=scope).get("content-encoding", "identity").strip().lower()


class _DecompressedBody:
    def __init__(self, receive: Receive, encoding: str) -> None:
        self._receive = receive
        self._encoding = encoding
        self._decompressor = zlib.decompressobj(_WINDOW_BITS[encoding])
        self._more_to_arrive = True
        self._complete = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        compressed = self._decompressor.unconsumed_tail
        if not compressed and self._more_to_arrive:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            compressed = message.get("body", b"")
            self._more_to_arrive = message.get("more_body", False)
        body = self._decompress(compressed)
        waiting = bool(self._decompressor.unconsumed_tail) or len(body) == _CHUNK
        self._complete = not waiting and not self._more_to_arrive
        if self._complete and not self._decompressor.eof:
            raise BadRequest(f"the body ends before its {self._encoding} does; send all of it")
        return {"type": "http.request", "body": body, "more_body": not self._complete}

    def _decompress(self, compressed: bytes) -> bytes:
        if self._decompressor.eof:
            return b""
        try:
            return self._decompressor.decompress(compressed, _CHUNK)
        except zlib.error as error:
            raise BadRequest(f"the body is not {self._encoding}, which its Content-Encoding says: {error}") from error
