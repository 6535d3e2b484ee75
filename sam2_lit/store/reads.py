"""Queries."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from sam2_lit.errors import LitError
from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.masks import RLE
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.records.results import FrameMasks, LoraMode, Mask, MaskSource, ObjectInfo, SessionInfo, TrainedAdapter
from sam2_lit.records.users import Owner
from sam2_lit.records.videos import VideoEntry, VideoInfo
from sam2_lit.store.adapter_files import AdapterFiles
from sam2_lit.store.change_log import folders_of
from sam2_lit.store.interaction_reads import read_trained_masks
from sam2_lit.store.paging import read_page
from sam2_lit.store.prompt_json import from_json
from sam2_lit.store.saved_session import (
    SavedAdapter,
    SavedFrame,
    SavedMask,
    SavedObject,
    SavedPrompts,
    SavedSession,
    SavedVersion,
)
from sam2_lit.store.tables import (
    adapters,
    masks,
    objects,
    prompted_frames,
    prompts,
    sessions,
    videos,
)

if TYPE_CHECKING:
    from sam2_lit.lora.layers import Adapter

logger = logging.getLogger(__name__)

_SESSIONS = select(
    sessions,
    videos.c.path,
    videos.c.width,
    videos.c.height,
    videos.c.frame_count,
    videos.c.fps,
    videos.c.duration_sec,
).join_from(sessions, videos)


def read_infos(connection: Connection, files: AdapterFiles, *which: ColumnElement[bool]) -> list[SessionInfo]:
    """The sessions that meet these conditions, oldest first. Adapters whose files are lost are left out."""
    return [_info(connection, files, row) for row in _session_rows(connection, *which)]


def read_info_page(
    connection: Connection, files: AdapterFiles, request: PageRequest, *which: ColumnElement[bool]
) -> Page[SessionInfo]:
    """A page of what `read_infos` returns."""
    rows, has_previous, has_next = read_page(connection, _SESSIONS.where(*which), sessions.c.sequence, request)
    return Page(tuple((row.sequence, _info(connection, files, row)) for row in rows), has_previous, has_next)


def read_masks(connection: Connection, session_id: str, first: int, last: int) -> list[FrameMasks]:
    """The frames from `first` to `last`, both included, that have masks."""
    frames: dict[int, list[Mask]] = {}
    for saved in read_saved_masks(connection, session_id, first, last):
        frames.setdefault(saved.frame_index, []).append(saved.mask)
    return [FrameMasks(frame_index, tuple(on_frame)) for frame_index, on_frame in frames.items()]


def read_saved_masks(connection: Connection, session_id: str, first: int, last: int) -> list[SavedMask]:
    """The masks of frames `first` to `last`, both included, by frame and then in the order of their objects."""
    query = select(masks).join_from(masks, objects)
    query = query.where(masks.c.session_id == session_id, masks.c.frame_index.between(first, last))
    return [
        SavedMask(
            row.frame_index,
            Mask(
                row.object_id,
                RLE((row.height, row.width), row.counts),
                row.predicted_iou,
                row.object_score,
                MaskSource(row.source),
            ),
            row.version,
        )
        for row in connection.execute(query.order_by(masks.c.frame_index, objects.c.position))
    ]


def read_session(connection: Connection, files: AdapterFiles, session_id: str) -> SavedSession | None:
    """A session with its adapters; None where there is none.

    An adapter whose files are missing or damaged is logged and left out. Its row stays: the files may be put back.
    """
    for row in _session_rows(connection, sessions.c.id == session_id):
        frames, trained = defaultdict[int, list[SavedFrame]](list), defaultdict[int, list[SavedAdapter]](list)
        for object_id, frame in _prompted_frames(connection, session_id):
            frames[object_id].append(frame)
        trained_masks = read_trained_masks(connection, session_id)
        for each in _adapter_rows(connection, session_id):
            if (found := _read_adapter(files, each)) is not None:
                weights, model = found
                adapter = SavedAdapter(adapter_record(each), weights, trained_masks.get(each.adapter_id, {}), model)
                trained[each.object_id].append(adapter)
        return SavedSession(
            session_id=session_id,
            video=_video(row),
            lora_mode=LoraMode(row.lora_mode),
            objects=tuple(
                SavedObject(
                    each.object_id,
                    tuple(frames[each.object_id]),
                    _by_frame(each.prompt_changes),
                    tuple(trained[each.object_id]),
                )
                for each in _object_rows(connection, session_id)
            ),
            versions=tuple(_versions(connection, session_id)),
            consolidated=row.consolidated,
            last_version=row.last_version,
            frame_step=row.frame_step,
            owner=Owner(row.user, row.private),
        )
    return None


def read_versions(connection: Connection, session_id: str) -> tuple[list[SavedPrompts], list[SavedVersion]]:
    """The prompted frames of a session's objects, and the versions of their masks."""
    frames = defaultdict[int, list[int]](list)
    for object_id, frame_index in connection.execute(
        select(prompted_frames.c.object_id, prompted_frames.c.frame_index)
        .where(prompted_frames.c.session_id == session_id)
        .order_by(prompted_frames.c.position)
    ):
        frames[object_id].append(frame_index)
    prompted = [
        SavedPrompts(each.object_id, tuple(frames[each.object_id]), _by_frame(each.prompt_changes))
        for each in _object_rows(connection, session_id)
    ]
    return prompted, _versions(connection, session_id)


def read_folders(connection: Connection) -> set[str]:
    """The folder names of all adapters, those that an undo or a redo brings back too."""
    return set(folders_of(connection))


def _by_frame(changes: dict[str, int]) -> dict[int, int]:
    return {int(frame_index): version for frame_index, version in changes.items()}


def _session_rows(connection: Connection, *which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    return connection.execute(_SESSIONS.where(*which).order_by(sessions.c.sequence)).all()


def _info(connection: Connection, files: AdapterFiles, row: Row[Any]) -> SessionInfo:
    tracked = select(func.count(masks.c.frame_index.distinct())).where(masks.c.session_id == row.id)
    frames, trained = defaultdict[int, list[int]](list), defaultdict[int, list[TrainedAdapter]](list)
    for object_id, frame_index in connection.execute(
        select(prompted_frames.c.object_id, prompted_frames.c.frame_index)
        .where(prompted_frames.c.session_id == row.id)
        .order_by(prompted_frames.c.frame_index)
    ):
        frames[object_id].append(frame_index)
    for each in _adapter_rows(connection, row.id):
        if files.is_usable(each.folder):
            trained[each.object_id].append(TrainedAdapter(each.object_id, adapter_record(each)))
    return SessionInfo(
        session_id=row.id,
        video=_video(row),
        lora_mode=LoraMode(row.lora_mode),
        objects=tuple(
            ObjectInfo(
                each.object_id,
                each.name,
                tuple(frames[each.object_id]),
                tuple(trained[each.object_id]),
                each.label,
                each.attributes or {},
            )
            for each in _object_rows(connection, row.id)
        ),
        tracked_frame_count=connection.execute(tracked).scalar_one(),
        created_at=row.created_at,
        frame_step=row.frame_step,
        owner=Owner(row.user, row.private),
    )


def _object_rows(connection: Connection, session_id: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(objects).where(objects.c.session_id == session_id).order_by(objects.c.position)
    ).all()


def _adapter_rows(connection: Connection, session_id: str) -> Sequence[Row[Any]]:
    query = select(adapters).where(adapters.c.session_id == session_id)
    return connection.execute(query.order_by(adapters.c.created_at)).all()


def _read_adapter(files: AdapterFiles, row: Row[Any]) -> "tuple[Adapter, str | None] | None":
    try:
        return files.read(row.folder)
    except LitError as error:
        logger.warning(
            "session %s is resumed without adapter %s of object %d: %s",
            row.session_id,
            row.adapter_id,
            row.object_id,
            error.message,
        )
        return None


def _prompted_frames(connection: Connection, session_id: str) -> list[tuple[int, SavedFrame]]:
    from safetensors.torch import load

    given = defaultdict[tuple[int, int], list[Any]](list)
    for row in connection.execute(select(prompts).where(prompts.c.session_id == session_id).order_by(prompts.c.id)):
        given[row.object_id, row.frame_index].append(from_json(row.content))
    table = prompted_frames
    rows = connection.execute(select(table).where(table.c.session_id == session_id).order_by(table.c.position))
    return [
        (
            row.object_id,
            SavedFrame(
                row.frame_index, tuple(given[row.object_id, row.frame_index]), load(row.conditioning), row.reverse
            ),
        )
        for row in rows
    ]


def _versions(connection: Connection, session_id: str) -> list[SavedVersion]:
    names = ("object_id", "frame_index", "version", "reverse", "source", "passed", "confirmed")
    wanted = [masks.c[name] for name in names]
    query = select(*wanted).where(masks.c.session_id == session_id).order_by(masks.c.frame_index)
    return [
        SavedVersion(object_id, frame_index, version, reverse, MaskSource(source), passed, confirmed)
        for object_id, frame_index, version, reverse, source, passed, confirmed in connection.execute(query)
    ]


def _video(row: Row[Any]) -> VideoEntry:
    info = VideoInfo(row.width, row.height, row.frame_count, row.fps, row.duration_sec)
    return VideoEntry(row.video_id, row.path, info)


def adapter_record(row: Row[Any]) -> AdapterRecord:
    return AdapterRecord(
        adapter_id=row.adapter_id,
        rank=row.rank,
        frame_indices=tuple(row.frame_indices),
        baseline_iou=row.baseline_iou,
        training_iou=row.training_iou,
        steps=row.steps,
        seconds=row.seconds,
        created_at=row.created_at,
    )
