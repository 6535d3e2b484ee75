"""Writes the changes of one session to the database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update

from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.frame_spans import FrameSpan
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.masks import RLE
from sam2_lit.records.prompts import Prompt
from sam2_lit.records.results import LoraMode, Mask, ModelInfo, TrainedAdapter
from sam2_lit.store.adapter_files import AdapterFiles
from sam2_lit.store.change_log import unused
from sam2_lit.store.change_recorder import recorded
from sam2_lit.store.journal import Journal
from sam2_lit.store.journal_statements import (
    PROMPT_CHANGES,
    PROMPTED_FRAME,
    PUT_INTERACTION,
    PUT_PROMPT,
    REMOVE_PROMPTS,
    SESSION,
)
from sam2_lit.store.mask_rows import PutMasks
from sam2_lit.store.prompt_json import to_json
from sam2_lit.store.sequence import next_sequence
from sam2_lit.store.tables import adapters, interactions, masks, objects, prompted_frames, prompts
from sam2_lit.store.writer import Write, Writer

if TYPE_CHECKING:
    # A process that only reads what clients are shown needs no torch.
    import torch

    from sam2_lit.lora.layers import Adapter


class SessionJournal(Journal):
    """The writes of one session: each method adds one to the current transaction."""

    def __init__(
        self,
        writer: Writer,
        files: AdapterFiles,
        session_id: str,
        changed: Callable[[Connection, str], None],
        check: Write | None = None,
    ) -> None:
        """`changed` is called within a transaction that stores an event of a change, with the session's id.

        Every transaction begins with `check`, if there is one.
        """
        super().__init__(writer)
        self.session_id = session_id
        self._files = files
        self._changed = changed
        self._check = [] if check is None else [check]
        self._scope: ChangeScope | None = None
        self._begins = False

    @contextmanager
    def transaction(self, scope: ChangeScope | None = None) -> Iterator[None]:
        """As `Journal.transaction`; records what it changes in `scope`, or else in the interaction that it logs.

        That interaction must be new: a change of several transactions gives its scope to each.
        """
        with super().transaction():
            self._scope, self._begins = scope, False
            yield
            if self._writes:
                recording = recorded(
                    self._writes, self.session_id, self._scope, self._begins, self._release, self._notify
                )
                self._writes = [*self._check, recording]

    # The session and its objects

    def set_lora_mode(self, mode: LoraMode) -> None:
        self._write(
            lambda connection: connection.execute(SESSION, {"session": self.session_id, "lora_mode": mode.value})
        )

    def set_consolidated(self, version: int) -> None:
        """The tracker's version up to which tracking reads prompts."""
        self._write(
            lambda connection: connection.execute(SESSION, {"session": self.session_id, "consolidated": version})
        )

    def add_object(self, object_id: int) -> None:
        def write(connection: Connection) -> None:
            position = _next_position(connection, objects, objects.c.session_id == self.session_id)
            row = {"session_id": self.session_id, "object_id": object_id, "position": position, "prompt_changes": {}}
            connection.execute(insert(objects).values(row))

        self._write(write)

    def set_prompt_changes(self, object_id: int, changes: Mapping[int, int]) -> None:
        """The tracker's version at the last change of the object's prompts, by frame."""
        change = {"session": self.session_id, "object": object_id, "prompt_changes": dict(changes)}
        self._write(lambda connection: connection.execute(PROMPT_CHANGES, change))

    def name_object(self, object_id: int, name: str | None) -> None:
        change = update(objects).where(*self._of(objects, object_id)).values(name=name)
        self._write(lambda connection: connection.execute(change))

    def label_object(self, object_id: int, label: str | None, attributes: Mapping[str, str] | None) -> None:
        """Stores a label ("" for none) and attributes in place of the object's earlier ones; None leaves each."""
        values: dict[str, Any] = {}
        if label is not None:
            values["label"] = label or None
        if attributes is not None:
            values["attributes"] = dict(attributes) or None
        if values:
            change = update(objects).where(*self._of(objects, object_id)).values(values)
            self._write(lambda connection: connection.execute(change))

    def remove_object(self, object_id: int) -> None:
        """Removes the object with its prompts, masks and adapters."""
        self.remove_adapters(object_id)
        self._write(lambda connection: connection.execute(delete(objects).where(*self._of(objects, object_id))))

    def remove_objects(self) -> None:
        self.remove_adapters(None)
        self._write(lambda connection: connection.execute(delete(objects).where(*self._of(objects))))

    # Prompts

    def prompt(
        self,
        object_id: int,
        frame_index: int,
        given: Sequence[Prompt | RLE],
        conditioning: "dict[str, torch.Tensor]",
        replaces: bool,
    ) -> None:
        """Stores prompts, in place of the frame's earlier ones or added to them, and the conditioning they left."""
        from safetensors.torch import save

        key = {"session_id": self.session_id, "object_id": object_id, "frame_index": frame_index}

        here = {"session": self.session_id, "object": object_id, "frame": frame_index}

        def write(connection: Connection) -> None:
            content = save(conditioning)
            if not connection.execute(PROMPTED_FRAME, {**here, "conditioning": content}).rowcount:
                place = _next_position(connection, prompted_frames, *self._of(prompted_frames, object_id))
                row = {**key, "position": place, "conditioning": content}
                connection.execute(insert(prompted_frames), row)
            if replaces:
                connection.execute(REMOVE_PROMPTS, here)
            for prompt in given:
                connection.execute(PUT_PROMPT, {**key, "content": to_json(prompt)})

        self._write(write)

    def pass_prompt(self, object_id: int, frame_index: int, reverse: bool) -> None:
        """Records that tracking passed a prompted frame, forward or in reverse."""
        here = self._of(prompted_frames, object_id, frame_index)
        change = update(prompted_frames).where(*here).values(reverse=reverse)
        self._write(lambda connection: connection.execute(change))

    def clear_prompts(self, object_id: int | None = None, frame_index: int | None = None) -> None:
        """Removes prompts: of every frame where `frame_index` is None, of every object where `object_id` is None."""

        def write(connection: Connection) -> None:
            for table in (prompts, prompted_frames):
                connection.execute(delete(table).where(*self._of(table, object_id, frame_index)))

        self._write(write)

    # Masks

    def put_mask(self, frame_index: int, mask: Mask, version: int, reverse: bool, passed: bool | None = None) -> None:
        """Stores a mask in place of the frame's earlier one.

        `version` is the tracker's when it made it; `reverse` says whether it was tracked backward, `passed` as
        `pass_mask` does, None where tracking has not passed the frame.
        """
        assert self._writes is not None, "a session writes only within a transaction"
        if not (self._writes and isinstance(self._writes[-1], PutMasks)):
            self._writes.append(PutMasks(self.session_id))
        last = self._writes[-1]
        assert isinstance(last, PutMasks)
        last.add(frame_index, mask, version, reverse, passed)

    def pass_mask(self, object_id: int, frame_index: int, reverse: bool) -> None:
        """Records that tracking passed a mask that it keeps, forward or in reverse."""
        change = update(masks).where(*self._of(masks, object_id, frame_index)).values(passed=reverse)
        self._write(lambda connection: connection.execute(change))

    def confirm_masks(self, object_id: int, frames: FrameSpan, confirmed: bool) -> None:
        """Records that a person confirmed an object's masks on a range of frames, or takes that back."""
        which = (*self._of(masks, object_id), masks.c.frame_index.between(*frames))
        change = update(masks).where(*which).values(confirmed=confirmed)
        self._write(lambda connection: connection.execute(change))

    def remove_masks(self, object_id: int, frames: FrameSpan | None = None) -> None:
        """Removes an object's masks on a range of frames, or on every frame where `frames` is None."""
        which = self._of(masks, object_id)
        if frames is not None:
            which.append(masks.c.frame_index.between(*frames))
        self._write(lambda connection: connection.execute(delete(masks).where(*which)))

    # Adapters

    def put_adapter(self, trained: TrainedAdapter, adapter: "Adapter", model: ModelInfo) -> None:
        """Stores an adapter of a model in place of its earlier weights."""
        record = trained.record
        folder = self._files.new_name(record.adapter_id)
        row = {
            **asdict(record),
            "frame_indices": list(record.frame_indices),
            "session_id": self.session_id,
            "object_id": trained.object_id,
            "folder": folder,
        }

        def write(connection: Connection) -> None:
            self._files.write(folder, adapter, model.name, model.fingerprint)
            connection.execute(delete(adapters).where(adapters.c.adapter_id == record.adapter_id))
            connection.execute(insert(adapters), row)

        self._write(write)

    def remove_adapters(self, object_id: int | None) -> None:
        """Removes an object's adapters, or all where `object_id` is None."""
        change = delete(adapters).where(*self._of(adapters, object_id))
        self._write(lambda connection: connection.execute(change))

    # Interactions

    def log(self, interaction: Interaction) -> None:
        if self._scope is None:
            self._scope, self._begins = ChangeScope.of(interaction), True
        prompt = interaction.prompt
        row = {
            "id": interaction.id,
            "session_id": self.session_id,
            "at": interaction.at,
            "kind": interaction.kind.value,
            "object_id": interaction.object_id,
            "frame_index": interaction.frame_index,
            "prompt": None if prompt is None else to_json(prompt),
            "clicks": interaction.clicks,
            "object_ids": interaction.object_ids and list(interaction.object_ids),
            "ranges": interaction.ranges and [list(each) for each in interaction.ranges],
            "user": interaction.user,
        }

        def write(connection: Connection) -> None:
            connection.execute(PUT_INTERACTION, {**row, "sequence": next_sequence(connection)})

        self._write(write)

    def log_training(self, interaction: Interaction, trained: TrainedAdapter | None, skipped: str | None) -> None:
        """Stores the outcome of the training that an interaction asked for; undoing that undoes both."""
        self._scope = self._scope or ChangeScope.of(interaction)
        values: dict[str, Any] = {"skipped": skipped}
        if trained is not None:
            names = ("adapter_id", "baseline_iou", "training_iou", "steps", "seconds")
            values |= {name: getattr(trained.record, name) for name in names}
        change = update(interactions).where(interactions.c.id == interaction.id).values(values)
        self._write(lambda connection: connection.execute(change))

    def _of(
        self, table: Table, object_id: int | None = None, frame_index: int | None = None
    ) -> list[ColumnElement[bool]]:
        conditions = [table.c.session_id == self.session_id]
        if object_id is not None:
            conditions.append(table.c.object_id == object_id)
        if frame_index is not None:
            conditions.append(table.c.frame_index == frame_index)
        return conditions

    def _release(self, connection: Connection, folders: list[str]) -> None:
        """Removes those folders that nothing names, after the commit: until then rows refer to them."""
        if removed := unused(connection, folders):
            self._writer.after_commit(lambda: self._files.remove(removed))

    def _notify(self, connection: Connection) -> None:
        self._changed(connection, self.session_id)


def _next_position(connection: Connection, table: Table, *which: ColumnElement[bool]) -> int:
    position: int = connection.execute(
        select(func.coalesce(func.max(table.c.position), -1) + 1).where(*which)
    ).scalar_one()
    return position
