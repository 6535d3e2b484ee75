"""What happens in one session, written down as it happens."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

import torch
from safetensors.torch import save
from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, func, insert, select, update

from sam2_lit.lora.layers import Adapter
from sam2_lit.machine_errors import user_error
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.prompts import PointPrompt, Prompt
from sam2_lit.records.results import LoraMode, Mask, TrainedAdapter
from sam2_lit.store.adapter_files import AdapterFiles
from sam2_lit.store.prompt_json import to_json
from sam2_lit.store.tables import adapters, interactions, masks, objects, prompted_frames, prompts, sessions
from sam2_lit.store.writer import Done, Transaction, Write, Writer

# Made once, since a mask is written for every object and frame.
_REMOVE_MASK = delete(masks).where(
    masks.c.session_id == bindparam("of"),
    masks.c.object_id == bindparam("owner"),
    masks.c.frame_index == bindparam("frame"),
)
_INSERT_MASK = insert(masks)


class SessionJournal:
    """Writes of one session, from any thread, kept in the order in which they were made.

    What is written within one `transaction` is kept together or not at all, and there is no writing outside of one.
    After a write has failed, `failure` says why and nothing more is written: the session in memory is then ahead of
    the store, and must be loaded from it again.
    """

    def __init__(self, writer: Writer, files: AdapterFiles, session_id: str) -> None:
        self.session_id = session_id
        self.failure: BaseException | None = None
        self._writer = writer
        self._files = files
        self._lock = threading.Lock()
        self._transaction: list[Write] | None = None
        self._begun = 0
        self._written = 0

    @property
    def transaction_number(self) -> int:
        """The number of the unit that is being written, or was last: they count from 1."""
        return self._begun

    @property
    def committed_number(self) -> int:
        """The last unit that is kept, and with it all those before."""
        return self._written

    def fail(self, error: BaseException) -> None:
        if self.failure is None:
            self.failure = user_error(error) or error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written within the block is one unit; other threads' units wait for it, so it should be short."""
        with self._lock:
            if self.failure is not None:
                raise self.failure
            self._transaction = []
            self._begun += 1
            with self.whole():
                yield
            if self._transaction:
                self._writer.submit(Transaction(self._transaction, partial(self._settle, self._begun), self))
            self._transaction = None

    @contextmanager
    def whole(self) -> Iterator[None]:
        """For what changes the session in memory in more than one go: a half of it counts as a failure."""
        try:
            yield
        except BaseException as error:
            self.fail(error)
            raise

    def when_written(self, done: Done) -> None:
        """Calls `done`, on the writer's thread, once all that was written until now is kept, or with why it is not."""
        self._writer.submit(Transaction((), done, self))

    async def written(self) -> None:
        """Returns once all that was written until now is kept. Raises what kept it from being so."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def settle(error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        def done(error: BaseException | None) -> None:
            loop.call_soon_threadsafe(settle, error)

        self.when_written(done)
        await future

    # ---- the session and its objects ---------------------------------------------------------------------------------

    def set_lora_mode(self, mode: LoraMode) -> None:
        change = update(sessions).where(sessions.c.id == self.session_id).values(lora_mode=mode.value)
        self._write(lambda connection: connection.execute(change))

    def add_object(self, object_id: int) -> None:
        def write(connection: Connection) -> None:
            position = _next_position(connection, objects, objects.c.session_id == self.session_id)
            row = {"session_id": self.session_id, "object_id": object_id, "position": position, "prompt_changes": {}}
            connection.execute(insert(objects).values(row))

        self._write(write)

    def set_prompt_changes(self, object_id: int, changes: Mapping[int, int]) -> None:
        """The tracker's stamps of the frames on which the object's prompts changed."""
        change = update(objects).where(*self._of(objects, object_id)).values(prompt_changes=dict(changes))
        self._write(lambda connection: connection.execute(change))

    def name_object(self, object_id: int, name: str | None) -> None:
        change = update(objects).where(*self._of(objects, object_id)).values(name=name)
        self._write(lambda connection: connection.execute(change))

    def remove_object(self, object_id: int) -> None:
        """The object with its prompts, masks and adapters."""
        self.remove_adapters(object_id)
        self._write(lambda connection: connection.execute(delete(objects).where(*self._of(objects, object_id))))

    def remove_objects(self) -> None:
        self.remove_adapters(None)
        self._write(lambda connection: connection.execute(delete(objects).where(*self._of(objects))))

    # ---- prompts -----------------------------------------------------------------------------------------------------

    def prompt(self, object_id: int, frame_index: int, prompt: Prompt, conditioning: dict[str, torch.Tensor]) -> None:
        """A prompt, and what it left in the tracker. Points may be added to a frame's earlier prompts."""
        replaces = not isinstance(prompt, PointPrompt) or prompt.clear_old_points
        key = {"session_id": self.session_id, "object_id": object_id, "frame_index": frame_index}

        def write(connection: Connection) -> None:
            content = save(conditioning)
            here = self._of(prompted_frames, object_id, frame_index)
            if connection.execute(select(prompted_frames.c.position).where(*here)).first() is None:
                place = _next_position(connection, prompted_frames, *self._of(prompted_frames, object_id))
                row = {**key, "position": place, "conditioning": content}
                connection.execute(insert(prompted_frames).values(row))
            else:
                connection.execute(update(prompted_frames).where(*here).values(conditioning=content))
            if replaces:
                connection.execute(delete(prompts).where(*self._of(prompts, object_id, frame_index)))
            connection.execute(insert(prompts).values(**key, content=to_json(prompt)))

        self._write(write)

    def pass_prompt(self, object_id: int, frame_index: int, reverse: bool) -> None:
        """Tracking passed a prompted frame, forward or in reverse."""
        here = self._of(prompted_frames, object_id, frame_index)
        change = update(prompted_frames).where(*here).values(reverse=reverse)
        self._write(lambda connection: connection.execute(change))

    def clear_prompts(self, object_id: int | None = None, frame_index: int | None = None) -> None:
        """The prompts of a frame went; of all of an object's frames, or of all objects', where these are None."""

        def write(connection: Connection) -> None:
            for table in (prompts, prompted_frames):
                connection.execute(delete(table).where(*self._of(table, object_id, frame_index)))

        self._write(write)

    # ---- masks -------------------------------------------------------------------------------------------------------

    def put_mask(self, frame_index: int, mask: Mask, version: int, reverse: bool) -> None:
        """A mask in the place of the one that was there, with the tracker's stamp and direction."""
        height, width = mask.rle.size
        row = {
            "session_id": self.session_id,
            "frame_index": frame_index,
            "object_id": mask.object_id,
            "height": height,
            "width": width,
            "counts": mask.rle.counts,
            "predicted_iou": mask.predicted_iou,
            "object_score": mask.object_score,
            "source": mask.source.value,
            "version": version,
            "reverse": reverse,
        }

        def write(connection: Connection) -> None:
            connection.execute(_REMOVE_MASK, {"of": self.session_id, "owner": mask.object_id, "frame": frame_index})
            connection.execute(_INSERT_MASK, row)

        self._write(write)

    def remove_masks(self, object_id: int, frame_index: int | None = None) -> None:
        """An object's mask on a frame, or on every frame."""
        gone = delete(masks).where(*self._of(masks, object_id, frame_index))
        self._write(lambda connection: connection.execute(gone))

    # ---- adapters ----------------------------------------------------------------------------------------------------

    def put_adapter(self, trained: TrainedAdapter, adapter: Adapter) -> None:
        """An adapter, in the place of its earlier weights."""
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
            self._files.write(folder, adapter)
            self._discard_adapters(connection, adapters.c.adapter_id == record.adapter_id)
            connection.execute(insert(adapters).values(row))

        self._write(write)

    def remove_adapters(self, object_id: int | None) -> None:
        """An object's adapters, or all."""
        self._write(lambda connection: self._discard_adapters(connection, *self._of(adapters, object_id)))

    # ---- interactions ------------------------------------------------------------------------------------------------

    def log(self, interaction: Interaction) -> None:
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
        }
        self._write(lambda connection: connection.execute(insert(interactions).values(row)))

    def log_training(self, interaction_id: str, trained: TrainedAdapter | None, skipped: str | None) -> None:
        """What came of the training that an interaction asked for."""
        values: dict[str, Any] = {"skipped": skipped}
        if trained is not None:
            known = asdict(trained.record)
            names = ("adapter_id", "baseline_iou", "training_iou", "steps", "seconds")
            values |= {name: known[name] for name in names}
        change = update(interactions).where(interactions.c.id == interaction_id).values(values)
        self._write(lambda connection: connection.execute(change))

    # ---- within ------------------------------------------------------------------------------------------------------

    def _settle(self, number: int, error: BaseException | None) -> None:
        if error is None:
            self._written = number

    def _write(self, write: Callable[[Connection], Any]) -> None:
        assert self._transaction is not None, "a session writes within a unit"
        self._transaction.append(write)

    def _of(
        self, table: Table, object_id: int | None = None, frame_index: int | None = None
    ) -> list[ColumnElement[bool]]:
        conditions = [table.c.session_id == self.session_id]
        if object_id is not None:
            conditions.append(table.c.object_id == object_id)
        if frame_index is not None:
            conditions.append(table.c.frame_index == frame_index)
        return conditions

    def _discard_adapters(self, connection: Connection, *which: ColumnElement[bool]) -> None:
        folders = list(connection.execute(select(adapters.c.folder).where(*which)).scalars())
        connection.execute(delete(adapters).where(*which))
        # After the commit: until then the rows name them.
        self._writer.after_commit(lambda: self._files.remove(folders))


def _next_position(connection: Connection, table: Table, *which: ColumnElement[bool]) -> int:
    position: int = connection.execute(
        select(func.coalesce(func.max(table.c.position), -1) + 1).where(*which)
    ).scalar_one()
    return position
