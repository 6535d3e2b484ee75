"""Labels and the history of the client's sessions."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from sam2_lit.client.connection import Connection, Patience
from sam2_lit.client.errors import ConnectionFailed, SessionNotFound
from sam2_lit.client.generated import (
    SESSION_CHANGES_GQL,
    AttributeInput,
    LabelInput,
    LabelObjectInput,
    RedoInput,
    SessionChanges,
    SetLabelsInput,
    UndoInput,
)
from sam2_lit.client.generated import ChangeFields as Change
from sam2_lit.client.generated import SessionChangesSessionChanges as SessionChange


class AsyncSessionRecords:
    """The part of `AsyncSession` that describes objects, and lists, undoes and follows changes."""

    def __init__(self, connection: Connection, session_id: str) -> None:
        self._connection = connection
        self.session_id = session_id

    async def label_object(
        self, object_id: int, label: str | None = None, attributes: Mapping[str, str] | None = None
    ) -> None:
        """Gives an object a label, "" for none, and attributes in place of its earlier ones; None leaves each.

        Raises ObjectNotFound; InvalidPrompt, also where the project has labels but not this one.
        """
        given: dict[str, Any] = {} if label is None else {"label": label}
        if attributes is not None:
            given["attributes"] = [AttributeInput(key=key, value=value) for key, value in attributes.items()]
        await self._connection.label_object(LabelObjectInput(session_id=self.session_id, object_id=object_id, **given))

    async def set_labels(self, labels: Sequence[LabelInput] | None) -> None:
        """Sets the labels of the folder of videos; None goes back to those of its file. Raises InvalidPrompt."""
        given = None if labels is None else list(labels)
        await self._connection.set_labels(SetLabelsInput(session_id=self.session_id, labels=given))

    async def undo(self) -> Change | None:
        """Undoes the latest change by any client, with what it trained. Returns it; None where there is none."""
        return (await self._connection.undo(UndoInput(session_id=self.session_id))).change

    async def redo(self) -> Change | None:
        """Redoes the change that was undone last, without training again. Returns it; None where there is none."""
        return (await self._connection.redo(RedoInput(session_id=self.session_id))).change

    async def history(self) -> list[Change]:
        """The changes that were made, undone ones included, oldest first."""
        found: list[Change] = []
        after = None
        while True:
            session = await self._connection.history(self.session_id, after)
            if session is None:
                raise SessionNotFound(f"there is no session {self.session_id!r}")
            found += [edge.node for edge in session.history.edges]
            after = session.history.page_info.end_cursor
            if not session.history.page_info.has_next_page:
                return found

    async def changes(self, since: str | None = None) -> AsyncGenerator[SessionChange, None]:
        """What any client changes, in order, until the session is closed; goes on by itself where a connection breaks.

        Args:
            since: the cursor of an event, or the session's `change_cursor`: what followed it is not missed.

        Raises:
            ConnectionFailed: there is no connection, or it stays broken for the client's `reconnect_seconds`.
        """
        patience = Patience(self._connection.reconnect_seconds)
        while True:
            variables = {"sessionId": self.session_id, "since": since}
            events = self._connection.subscribe(SESSION_CHANGES_GQL, "SessionChanges", variables)
            try:
                async with aclosing(events):
                    async for data in events:
                        change = SessionChanges.model_validate(data).session_changes
                        since = change.cursor
                        patience.restore()
                        yield change
                return
            except ConnectionFailed:
                if since is None or not await patience.wait():
                    raise
