"""Which media type a client reads the response to a GraphQL operation in."""

import re
from collections.abc import Iterator
from enum import StrEnum


class MediaType(StrEnum):
    """- RESULT: JSON, with the status codes of the GraphQL-over-HTTP specification.
    - JSON: JSON with status 200 for every request that could be read as GraphQL.
    - EVENTS: a stream by the graphql-sse protocol.
    - MULTIPART: a stream by Apollo's multipart protocol for subscriptions.
    """

    RESULT = "application/graphql-response+json"
    JSON = "application/json"
    EVENTS = "text/event-stream"
    MULTIPART = "multipart/mixed"


STREAMS = (MediaType.EVENTS, MediaType.MULTIPART)

_BY_NAME = {media.value: media for media in MediaType}
_WILDCARDS = ("*/*", "application/*")
_ITEM = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*"?)+')
_PARAMETER = re.compile(r';\s*([\w!#$&^.+-]+)\s*=\s*("(?:\\.|[^"\\])*"|[^;\s]*)')


def accepted_media_types(accept: str | None) -> tuple[MediaType, ...]:
    """The media types that an Accept header names, the preferred first: by q (RFC 9110, section 12.5.1), then by order.

    A wildcard, or no header at all, stands for application/json. Multipart is named by `subscriptionSpec=1.0`; without
    it, multipart/mixed means incremental delivery, which this server does not have.
    """
    found: dict[MediaType, tuple[float, int]] = {}
    wildcard: tuple[float, int] | None = None
    for index, (name, parameters) in enumerate(_items(accept or "*/*")):
        rank = (-_quality(parameters.get("q", "1")), index)
        if name in _WILDCARDS:
            wildcard = min(rank, wildcard or rank)
        elif (media := _BY_NAME.get(name)) and (media is not MediaType.MULTIPART or _is_subscriptions(parameters)):
            found[media] = min(rank, found.get(media, rank))
    if wildcard is not None:
        found.setdefault(MediaType.JSON, wildcard)
    return tuple(sorted((media for media, rank in found.items() if rank[0] < 0), key=lambda media: found[media]))


def response_media_type(accepted: tuple[MediaType, ...], is_subscription: bool) -> MediaType | None:
    """The media type to respond in, or None where the client accepts none that fits.

    A subscription needs a stream. Another operation is sent as JSON unless an event stream is preferred; as multipart
    only to a client that accepts nothing else.
    """
    if is_subscription:
        return next((media for media in accepted if media in STREAMS), None)
    return next((media for media in accepted if media is not MediaType.MULTIPART), accepted[0] if accepted else None)


def _items(accept: str) -> Iterator[tuple[str, dict[str, str]]]:
    for item in _ITEM.findall(accept):
        name = item.split(";", 1)[0].strip().lower()
        yield name, {key.lower(): value.strip('"') for key, value in _PARAMETER.findall(item)}


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0


def _is_subscriptions(parameters: dict[str, str]) -> bool:
    return parameters.get("subscriptionspec", "").startswith("1.")
