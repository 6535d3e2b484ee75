"""A session of the client without asyncio."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from anyio.from_thread import BlockingPortal
from numpy.typing import ArrayLike, NDArray

from sam2_lit.client.async_session import AsyncSession
from sam2_lit.client.generated import AdapterFields as Adapter
from sam2_lit.client.generated import AdapterSourceFields as AdapterSource
from sam2_lit.client.generated import ChangeFields as Change
from sam2_lit.client.generated import (
    ExportFormat,
    FrameMatching,
    ImportFormat,
    LabelInput,
    LoraMode,
    PropagationDirection,
)
from sam2_lit.client.generated import ImportFields as Import
from sam2_lit.client.generated import SessionChangesSessionChanges as SessionChange
from sam2_lit.client.generated import SessionFields as SessionInfo
from sam2_lit.client.results import Candidate, Correction, Frame, TrackedFrame
from sam2_lit.records.masks import BoolMask

T = TypeVar("T")


class Session:
    """A session on a video. `AsyncSession` describes its methods and what they raise."""

    def __init__(self, portal: BlockingPortal, session: AsyncSession) -> None:
        self._call = portal.call
        self._portal = portal
        self._session = session
        self.session_id = session.session_id
        self.video = session.video

    def add_points(
        self,
        object_id: int,
        frame_index: int,
        points: ArrayLike,
        labels: Sequence[int] | None = None,
        *,
        clear: bool = True,
    ) -> Frame:
        return self._call(partial(self._session.add_points, object_id, frame_index, points, labels, clear=clear))

    def add_box(self, object_id: int, frame_index: int, box: Sequence[float]) -> Frame:
        return self._call(self._session.add_box, object_id, frame_index, box)

    def add_mask(self, object_id: int, frame_index: int, mask: BoolMask) -> Frame:
        return self._call(self._session.add_mask, object_id, frame_index, mask)

    def mark_absent(self, object_id: int, first: int, last: int | None = None, *, force: bool = False) -> list[int]:
        return self._call(partial(self._session.mark_absent, object_id, first, last, force=force))

    def remove_masks(
        self, object_ids: Sequence[int], first: int, last: int | None = None, *, force: bool = False
    ) -> None:
        self._call(partial(self._session.remove_masks, object_ids, first, last, force=force))

    def confirm(self, object_ids: Sequence[int], first: int, last: int | None = None) -> None:
        self._call(self._session.confirm, object_ids, first, last)

    def unconfirm(self, object_ids: Sequence[int], first: int, last: int | None = None) -> None:
        self._call(self._session.unconfirm, object_ids, first, last)

    def clear_points(self, object_id: int, frame_index: int) -> Frame:
        return self._call(self._session.clear_points, object_id, frame_index)

    def name_object(self, object_id: int, name: str) -> None:
        self._call(self._session.name_object, object_id, name)

    def label_object(
        self, object_id: int, label: str | None = None, attributes: Mapping[str, str] | None = None
    ) -> None:
        self._call(self._session.label_object, object_id, label, attributes)

    def set_labels(self, labels: Sequence[LabelInput] | None) -> None:
        self._call(self._session.set_labels, labels)

    def undo(self) -> Change | None:
        return self._call(self._session.undo)

    def redo(self) -> Change | None:
        return self._call(self._session.redo)

    def history(self) -> list[Change]:
        return self._call(self._session.history)

    def changes(self, since: str | None = None) -> Iterator[SessionChange]:
        """As `AsyncSession.changes`; leaving the loop ends the subscription."""
        changes = self._session.changes(since)
        try:
            yield from iterate(self._portal, changes)
        finally:
            self._call(changes.aclose)

    def remove_object(self, object_id: int) -> None:
        self._call(self._session.remove_object, object_id)

    def track(
        self,
        start_frame_index: int | None = None,
        direction: PropagationDirection | None = None,
        max_frames: int | None = None,
        *,
        object_ids: Sequence[int] | None = None,
        last_frame_index: int | None = None,
        force: bool = False,
        skip_current: bool = False,
    ) -> Iterator[TrackedFrame]:
        """As `AsyncSession.track`; leaving the loop ends the tracking."""
        frames = self._session.track(
            start_frame_index,
            direction,
            max_frames,
            object_ids=object_ids,
            last_frame_index=last_frame_index,
            force=force,
            skip_current=skip_current,
        )
        try:
            yield from iterate(self._portal, frames)
        finally:
            self._call(frames.aclose)

    def correct(
        self,
        object_id: int,
        frame_index: int,
        *,
        points: ArrayLike | None = None,
        labels: Sequence[int] | None = None,
        box: Sequence[float] | None = None,
        mask: BoolMask | None = None,
        train: bool = True,
    ) -> Correction:
        correct = partial(self._session.correct, points=points, labels=labels, box=box, mask=mask, train=train)
        return self._call(correct, object_id, frame_index)

    def train(self, object_id: int, frame_index: int, mask: BoolMask | None = None) -> Adapter:
        return self._call(self._session.train, object_id, frame_index, mask)

    def candidates(self, object_id: int, frame_index: int) -> list[Candidate]:
        return self._call(self._session.candidates, object_id, frame_index)

    def apply(self, candidate: Candidate, *, force: bool = False) -> Frame:
        return self._call(partial(self._session.apply, candidate, force=force))

    def set_lora_mode(self, mode: LoraMode) -> None:
        self._call(self._session.set_lora_mode, mode)

    def masks(self, first: int = 0, last: int | None = None) -> list[Frame]:
        return self._call(self._session.masks, first, last)

    def info(self) -> SessionInfo:
        return self._call(self._session.info)

    def picture(self, frame_index: int) -> NDArray[np.uint8]:
        return self._call(self._session.picture, frame_index)

    def export(
        self,
        format: ExportFormat,
        destination: Path | str,
        *,
        object_ids: Sequence[int] | None = None,
        first: int = 0,
        last: int | None = None,
        include_pictures: bool = False,
        no_overlap: bool = False,
        other_sessions: Sequence[str] = (),
    ) -> Path:
        export = partial(
            self._session.export,
            object_ids=object_ids,
            first=first,
            last=last,
            include_pictures=include_pictures,
            no_overlap=no_overlap,
            other_sessions=other_sessions,
        )
        return self._call(export, format, destination)

    def adapter_sources(self, object_id: int) -> list[AdapterSource]:
        return self._call(self._session.adapter_sources, object_id)

    def copy_adapters(self, object_id: int, source_session_id: str, source_object_id: int) -> list[Adapter]:
        return self._call(self._session.copy_adapters, object_id, source_session_id, source_object_id)

    def export_adapters(self, destination: Path | str, object_ids: Sequence[int] | None = None) -> Path:
        return self._call(self._session.export_adapters, destination, object_ids)

    def import_adapters(self, object_id: int, file: Path | str) -> list[Adapter]:
        return self._call(self._session.import_adapters, object_id, file)

    def import_annotations(
        self,
        file: Path | str,
        format: ImportFormat | None = None,
        *,
        video: str | None = None,
        frames: FrameMatching = FrameMatching.AUTO,
        frame_map: Mapping[str, int] | None = None,
        object_map: Mapping[str, int] | None = None,
        dry_run: bool = False,
        ignore_mismatches: bool = False,
        force: bool = False,
    ) -> Import:
        read = partial(
            self._session.import_annotations,
            video=video,
            frames=frames,
            frame_map=frame_map,
            object_map=object_map,
            dry_run=dry_run,
            ignore_mismatches=ignore_mismatches,
            force=force,
        )
        return self._call(read, file, format)

    def close(self) -> None:
        self._call(self._session.close)


def iterate(portal: BlockingPortal, items: AsyncIterator[T]) -> Iterator[T]:
    """The items, each of which is waited for."""

    async def following() -> tuple[T] | None:
        try:
            return (await anext(items),)
        except StopAsyncIteration:
            return None

    while item := portal.call(following):
        yield item[0]
