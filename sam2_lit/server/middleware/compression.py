"""Compresses JSON responses."""

import asyncio
import gzip
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SMALLEST = 1024
_LARGEST_AT_ONCE = 64 * 1024
"""Bytes: a larger body is compressed on a thread, since the event loop would wait."""

_LEVEL = 6
_JSON = re.compile(r"application/([\w.-]+\+)?json\b")
_CODING = re.compile(r"([^\s;,]+)\s*(?:;\s*q\s*=\s*([0-9.]+))?")


class CompressionMiddleware:
    """Compresses complete JSON responses of 1 KiB and more with gzip, for clients that accept it.

    Streams of events stay as they are: each event is to arrive at once. So do files, whose ETag and ranges are those of
    the bytes on disk.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepts = accepts_gzip(Headers(scope=scope).get("accept-encoding", ""))
        start: Message | None = None

        async def send_compressed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_json(Headers(raw=message["headers"])):
                start = message
                return
            if start is not None:
                headers = MutableHeaders(raw=start["headers"])
                if not message.get("more_body", False) and len(message.get("body", b"")) >= _SMALLEST:
                    headers.add_vary_header("Accept-Encoding")
                    if accepts:
                        message = {**message, "body": await _compressed(message["body"])}
                        headers["Content-Encoding"] = "gzip"
                        headers["Content-Length"] = str(len(message["body"]))
                await send({**start, "headers": headers.raw})
                start = None
            await send(message)

        await self.app(scope, receive, send_compressed)


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header allows gzip: named, or by a wildcard, with a q above 0 (RFC 9110, 12.5.3)."""
    qualities = {name.lower(): quality for name, quality in _CODING.findall(accept_encoding)}
    named = next((name for name in ("gzip", "x-gzip", "*") if name in qualities), None)
    return named is not None and re.fullmatch(r"0(\.0*)?", qualities[named]) is None


def _is_json(headers: Headers) -> bool:
    is_as_it_is = "etag" in headers or "content-encoding" in headers
    return not is_as_it_is and _JSON.match(headers.get("content-type", "")) is not None


async def _compressed(body: bytes) -> bytes:
    if len(body) <= _LARGEST_AT_ONCE:
        return gzip.compress(body, _LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
