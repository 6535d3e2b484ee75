"""`/propagate_in_video`: tracking for clients of the SAM 2 demo, as the multipart stream that its front end reads.

A part is the JSON of one frame, `{"frame_index", "results": [{"object_id", "mask": {"size", "counts"}}]}`. The front
end needs the part's headers `Content-Type` and `Content-Length`. The stream ends with the last part's body, since the
front end's parser rejects RFC 2046's closing delimiter as a broken part.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sam2_lit.engine.face import EngineFace
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.results import PropagatedFrame
from sam2_lit.records.tracking_scope import TrackingScope

_MAX_BODY = 64 * 1024
_BOUNDARY = "frame"
_MEDIA_TYPE = f"multipart/x-savi-stream; boundary={_BOUNDARY}"


async def propagate_in_video(request: Request) -> Response:
    """Tracks forward from `start_frame_index`, then backward, one part for each frame.

    Without a start, each object is tracked outward from its own first prompt. The body is JSON, `{"session_id",
    "start_frame_index"}`. Errors known before the first frame are sent instead of the stream. Without prompts the
    stream is empty: the front end offers tracking at any time, and an error ends it.
    """
    session_id, start = await _parse(request)
    engine: EngineFace = request.app.state.engine
    frames = engine.propagate(session_id, TrackingScope(start))
    try:
        first = await anext(frames, None)
    except LitError as error:
        if error.code is not ErrorCode.NO_PROMPTS:
            raise
        first = None
    return StreamingResponse(_parts(first, frames), media_type=_MEDIA_TYPE)


def sam2_demo_routes() -> list[BaseRoute]:
    return [Route("/propagate_in_video", propagate_in_video, methods=["POST"])]


async def _parse(request: Request) -> tuple[str, int | None]:
    sent = await request.body()
    if len(sent) > _MAX_BODY:
        raise LitError(
            ErrorCode.UPLOAD_TOO_LARGE, f"the body has {len(sent)} bytes; it names a session in at most {_MAX_BODY}"
        )
    try:
        body = json.loads(sent)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("session_id"), str):
        raise LitError(
            ErrorCode.SESSION_NOT_FOUND,
            'the body names no session; send JSON: {"session_id": "…", "start_frame_index": 0}',
        )
    start = body.get("start_frame_index")
    if start is not None and (not isinstance(start, int) or isinstance(start, bool)):
        raise LitError(
            ErrorCode.FRAME_OUT_OF_RANGE, f"start_frame_index is {start!r}; it must be the index of a frame, 0 or more"
        )
    return body["session_id"], start


async def _parts(
    first: PropagatedFrame | None, frames: AsyncGenerator[PropagatedFrame, None]
) -> AsyncGenerator[bytes, None]:
    async with aclosing(frames):
        if first is not None:
            yield _part(first)
        async for frame in frames:
            yield _part(frame)


def _part(frame: PropagatedFrame) -> bytes:
    results = [
        {"object_id": mask.object_id, "mask": {"size": list(mask.rle.size), "counts": mask.rle.counts}}
        for mask in frame.masks
    ]
    body = json.dumps({"frame_index": frame.frame_index, "results": results}).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Frame-Current": str(frame.completed),
        "Frame-Total": str(frame.total),
        "Mask-Type": "RLE[]",
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"--{_BOUNDARY}\r\n{lines}\r\n".encode() + body
