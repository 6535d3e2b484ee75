"""Changes of a session: what its history lists, and what its other clients are sent."""

import secrets
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sam2_lit.records.clients import client_name
from sam2_lit.records.frame_spans import FrameSpan
from sam2_lit.records.interactions import Interaction, InteractionKind
from sam2_lit.records.users import current_user

change_id: ContextVar[str | None] = ContextVar("change_id", default=None)
"""The id of the change that the call makes which is served; None where it gets a new one."""

Ranges = tuple[FrameSpan, ...]
"""Frames as ranges, rising and apart from each other."""


def new_change_id() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True)
class ChangeScope:
    """The change that a transaction belongs to.

    Attributes:
        id: of the interaction, or of the tracking.
        at: when it began, in UTC.
        kind: what was done.
        client: what the client that did it calls itself.
        user: who did it, where the server has users.
    """

    id: str
    at: datetime
    kind: InteractionKind
    client: str | None
    user: str | None = None

    @classmethod
    def of(cls, interaction: Interaction) -> "ChangeScope":
        return cls(interaction.id, interaction.at, interaction.kind, interaction.client, interaction.user)

    @classmethod
    def new(cls, kind: InteractionKind) -> "ChangeScope":
        """A change that begins now, by the client whose request is served. Its id is `change_id`, but of tracking."""
        given = None if kind is InteractionKind.TRACKING else change_id.get()
        return cls(given or new_change_id(), datetime.now(UTC), kind, client_name.get(), current_user.get())


@dataclass(frozen=True)
class Change:
    """A change in the history of a session.

    Attributes:
        object_ids, frames: what it changed.
        is_undone: whether it can be redone, and not undone.
        is_kept: whether what it replaced is still stored, so that it can be undone or redone.
        user: who did it, where the server has users.
    """

    id: str
    at: datetime
    kind: InteractionKind
    client: str | None
    object_ids: tuple[int, ...]
    frames: Ranges
    is_undone: bool
    is_kept: bool
    user: str | None = None


@dataclass(frozen=True)
class RevertedChange:
    """A change that was undone or redone; `lost_adapters` are those to bring back whose weights are gone."""

    change: Change
    lost_adapters: tuple[str, ...]


class SessionPart(StrEnum):
    """A part of a session that clients show.

    LABELS are those of its project, SETTINGS its LoRA mode; OBJECTS are their names, labels and attributes.
    """

    OBJECTS = "OBJECTS"
    PROMPTS = "PROMPTS"
    MASKS = "MASKS"
    ADAPTERS = "ADAPTERS"
    LABELS = "LABELS"
    SETTINGS = "SETTINGS"


@dataclass(frozen=True)
class SessionEvent:
    """What clients of a session are sent about a change that is stored.

    Attributes:
        sequence: rises from event to event.
        at: in UTC.
        kind: what was done; of UNDO and REDO, `change_id` names the change that was undone or redone.
        client: what the client that did it calls itself.
        change_id: None where it is not in the history.
        parts, object_ids, frames: what changed.
        user: who did it, where the server has users.
    """

    sequence: int
    at: datetime
    kind: InteractionKind
    client: str | None
    change_id: str | None
    parts: tuple[SessionPart, ...]
    object_ids: tuple[int, ...]
    frames: Ranges
    user: str | None = None


def ranges_of(frames: Iterable[int], ranges: Sequence[Sequence[int]] = ()) -> Ranges:
    """Single frames and ranges of frames as ranges."""
    parts = sorted([*((frame, frame) for frame in set(frames)), *((first, last) for first, last in ranges)])
    merged: list[FrameSpan] = []
    for first, last in parts:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)
