"""The history of a session, and what other clients are told of its changes."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import relay

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records import changes
from sam2_lit.records.changes import SessionPart
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.schema.types.frame_spans import FrameSpan

strawberry.enum(
    SessionPart,
    description="OBJECTS: their names, labels and attributes, and which there are. LABELS: those of the project. "
    "SETTINGS: loraMode.",
)

_PREFIX = "change"
_MAX_SEQUENCE = 2**31


@strawberry.type(description="A change of a session's annotations.")
class Change:
    id: str
    at: datetime
    kind: InteractionKind = strawberry.field(
        description="What was done. TRACKING is all that one propagation, or one call that tracked first, has tracked."
    )
    client: str | None = strawberry.field(description="What the client that did it calls itself.")
    object_ids: list[int]
    frames: list[FrameSpan]
    is_undone: bool
    is_kept: bool = strawberry.field(
        description="Whether it can still be undone or redone: the latest 100 changes can, as long as what they "
        "replaced takes no more than 64 MiB."
    )
    user: str | None = strawberry.field(description="Who did it; null where the server had no users.")

    @classmethod
    def of(cls, change: changes.Change) -> Self:
        return cls(
            id=change.id,
            at=change.at,
            kind=change.kind,
            client=change.client,
            object_ids=list(change.object_ids),
            frames=[FrameSpan.of(each) for each in change.frames],
            is_undone=change.is_undone,
            is_kept=change.is_kept,
            user=change.user,
        )


@strawberry.type(description="What undo or redo did.")
class Revert:
    change: Change | None = strawberry.field(description="Null where there was nothing to undo or redo.")
    lost_adapters: list[str] = strawberry.field(
        description="Adapters that the session should have and whose weights are gone from the disk. All others are as "
        "they were, to the bit, and are not trained again."
    )

    @classmethod
    def of(cls, reverted: changes.RevertedChange | None) -> Self:
        if reverted is None:
            return cls(change=None, lost_adapters=[])
        return cls(change=Change.of(reverted.change), lost_adapters=list(reverted.lost_adapters))


@strawberry.type(description="A change that some client made, this one included.")
class SessionChange:
    cursor: str = strawberry.field(description="For `since`, to go on after this event.")
    at: datetime
    kind: InteractionKind
    client: str | None = strawberry.field(
        description="What the client that did it calls itself: the header X-Client-Name, or clientName of a "
        "WebSocket's connection_init."
    )
    change_id: str | None = strawberry.field(
        description="The change in the history; of UNDO and REDO the one that was undone or redone."
    )
    parts: list[SessionPart] = strawberry.field(description="What to read again.")
    object_ids: list[int]
    frames: list[FrameSpan]
    user: str | None = strawberry.field(description="Who did it; null where the server had no users.")

    @classmethod
    def of(cls, event: changes.SessionEvent) -> Self:
        return cls(
            cursor=cursor_of(event.sequence),
            at=event.at,
            kind=event.kind,
            client=event.client,
            change_id=event.change_id,
            parts=list(event.parts),
            object_ids=list(event.object_ids),
            frames=[FrameSpan.of(each) for each in event.frames],
            user=event.user,
        )


def cursor_of(sequence: int) -> str:
    return relay.to_base64(_PREFIX, sequence)


def sequence_of(cursor: str) -> int:
    """The inverse of `cursor_of`. Raises LitError (BAD_REQUEST)."""
    try:
        prefix, number = relay.from_base64(cursor)
        sequence = int(number)
    except ValueError:
        prefix, sequence = "", -1
    if prefix != _PREFIX or not 0 <= sequence < _MAX_SEQUENCE:
        raise LitError(
            ErrorCode.BAD_REQUEST, "since must be the cursor of an event of sessionChanges, or a session's changeCursor"
        )
    return sequence
