"""The tables. Deleting a session deletes every row that belongs to it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)

metadata = MetaData()

# One row. `id`: made with the database. `last_sequence`: the last number that a row of any table was
# given; rising and never given twice, so that a page may go on from any of them.
database_state = Table(
    "database_state",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("last_sequence", Integer, nullable=False),
)


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite stores no time zone: it is added on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


def _session_id(**options: Any) -> Column[str]:
    return Column("session_id", String(64), ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, **options)


def _user() -> Column[str]:
    # `user` is a reserved word of PostgreSQL.
    return Column("user_name", Text, key="user")


def _object_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["session_id", "object_id"], ["objects.session_id", "objects.object_id"], ondelete="CASCADE"
    )


# `frame_digests`: of each frame four bytes, in little endian; null until they are known.
videos = Table(
    "videos",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("path", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("frame_count", Integer, nullable=False),
    Column("fps", Float, nullable=False),
    Column("duration_sec", Float, nullable=False),
    Column("frame_digests", LargeBinary),
)

# `consolidated`: the tracker's version up to which tracking reads prompts; later ones wait for the next tracked frame.
# `last_version`: no version up to this one is given again, even if what had it was undone. `frame_step`: the session
# works on every so many-th frame, from 0. `user`: who started it, null where the server had no users. `private`:
# whether only that user may see it. `worker`, `epoch`: as in `Place`; the store of one server leaves them alone.
sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("video_id", ForeignKey("videos.id"), nullable=False),
    Column("lora_mode", String(16), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("consolidated", Integer, nullable=False, server_default="0"),
    Column("sequence", Integer, nullable=False),
    Column("last_version", Integer, nullable=False, server_default="0"),
    Column("frame_step", Integer, nullable=False, server_default="1"),
    _user(),
    Column("private", Boolean, nullable=False, server_default=false()),
    Column("worker", Text),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Index("ix_sessions_sequence", "sequence", unique=True),
)

# Who uploaded a video, and whether only that user may see it. Uploads to servers without users have no row.
uploads = Table(
    "uploads",
    metadata,
    Column("path", String(255), primary_key=True),
    _user(),
    Column("private", Boolean, nullable=False),
)

# `prompt_changes`: by frame, the tracker's version when a prompt was last added, changed or removed there.
# `attributes`: text by key.
objects = Table(
    "objects",
    metadata,
    _session_id(primary_key=True),
    Column("object_id", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("name", Text),
    Column("prompt_changes", JSON, nullable=False),
    Column("label", Text),
    Column("attributes", JSON(none_as_null=True)),
)

# The labels that clients set for a project, in their order; a project without a row has those of its file.
label_sets = Table(
    "label_sets",
    metadata,
    Column("project", Text, primary_key=True),
    Column("labels", JSON, nullable=False),
)

# `position`: the order in which an object's frames were first prompted. `reverse`: the direction in which tracking last
# passed the frame, null where it has not. `conditioning`: safetensors, what the prompts left in the tracker's memory.
prompted_frames = Table(
    "prompted_frames",
    metadata,
    Column("session_id", String(64), primary_key=True),
    Column("object_id", Integer, primary_key=True, autoincrement=False),
    Column("frame_index", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("reverse", Boolean),
    Column("conditioning", LargeBinary, nullable=False),
    _object_key(),
)

# The current prompts of a frame, oldest first by `id`.
prompts = Table(
    "prompts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", String(64), nullable=False, index=True),
    Column("object_id", Integer, nullable=False),
    Column("frame_index", Integer, nullable=False),
    Column("content", JSON, nullable=False),
    _object_key(),
)

# `version`: the tracker's when the mask was made; the column has the name that earlier releases gave it.
# `reverse`: whether it was tracked backward. `passed`: of a mask that tracking keeps, whether tracking passed it
# backward; null where it has not passed it. `confirmed`: by a person; gone with the mask.
masks = Table(
    "masks",
    metadata,
    Column("session_id", String(64), primary_key=True),
    Column("frame_index", Integer, primary_key=True, autoincrement=False),
    Column("object_id", Integer, primary_key=True, autoincrement=False),
    Column("height", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("counts", Text, nullable=False),
    Column("predicted_iou", Float(53)),
    Column("object_score", Float(53)),
    Column("source", String(16), nullable=False),
    Column("stamp", Integer, key="version", nullable=False),
    Column("reverse", Boolean, nullable=False),
    Column("passed", Boolean),
    Column("confirmed", Boolean, nullable=False, server_default=false()),
    _object_key(),
)

# `folder`: the name of the folder of its weights, in the database's folder in `adapters`.
adapters = Table(
    "adapters",
    metadata,
    Column("adapter_id", String(64), primary_key=True),
    Column("session_id", String(64), nullable=False, index=True),
    Column("object_id", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("frame_indices", JSON, nullable=False),
    Column("baseline_iou", Float(53), nullable=False),
    Column("training_iou", Float(53), nullable=False),
    Column("steps", Integer, nullable=False),
    Column("seconds", Float(53), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("folder", Text, nullable=False),
    _object_key(),
)

# What users did. Rows stay when their object is removed, for studies of how people annotate. `object_ids` and `ranges`:
# of a change to ranges of frames, the objects and the ranges, [first, last] each.
interactions = Table(
    "interactions",
    metadata,
    Column("id", String(64), primary_key=True),
    _session_id(index=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("object_id", Integer),
    Column("frame_index", Integer),
    Column("prompt", JSON),
    Column("clicks", Integer, nullable=False),
    Column("adapter_id", String(64)),
    Column("baseline_iou", Float(53)),
    Column("training_iou", Float(53)),
    Column("steps", Integer),
    Column("seconds", Float(53)),
    Column("skipped", String(32)),
    Column("object_ids", JSON(none_as_null=True)),
    Column("ranges", JSON(none_as_null=True)),
    _user(),
    Column("sequence", Integer, nullable=False),
    Index("ix_interactions_sequence", "session_id", "sequence", unique=True),
)

# The history of a session. `object_ids`, `frames`: what the change changed, frames as [first, last] each. `is_kept`:
# whether `changed_rows` has what is needed to undo it, or to redo it where `is_undone`; `nbytes`: the size of that.
changes = Table(
    "changes",
    metadata,
    Column("id", String(64), primary_key=True),
    _session_id(),
    Column("sequence", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("client", Text),
    _user(),
    Column("object_ids", JSON, nullable=False),
    Column("frames", JSON, nullable=False),
    Column("is_undone", Boolean, nullable=False),
    Column("is_kept", Boolean, nullable=False),
    Column("nbytes", Integer, nullable=False),
    Index("ix_changes_sequence", "session_id", "sequence", unique=True),
)

# What the rows of a unit (`change_images`) were before the change, or after it where it is undone; `image` is null
# where there were none. `folder`: of the adapter in it, which stays on disk as long as it is named here.
changed_rows = Table(
    "changed_rows",
    metadata,
    Column("change_id", String(64), ForeignKey("changes.id", ondelete="CASCADE"), primary_key=True),
    Column("table_name", String(32), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("image", LargeBinary),
    Column("folder", Text, index=True),
)

# What clients are sent about changes, by rising `sequence`.
events = Table(
    "events",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    _session_id(),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("client", Text),
    _user(),
    Column("change_id", String(64), index=True),
    Column("parts", JSON, nullable=False),
    Column("object_ids", JSON, nullable=False),
    Column("frames", JSON, nullable=False),
    Index("ix_events_sequence", "session_id", "sequence"),
)
