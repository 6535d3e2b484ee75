"""GraphQL mutations that undo and redo."""

import strawberry

from sam2_lit.schema.context import Info
from sam2_lit.schema.types.history import Revert


@strawberry.input
class UndoInput:
    session_id: str


@strawberry.input
class RedoInput:
    session_id: str


@strawberry.type
class HistoryMutations:
    @strawberry.mutation(
        description="Undoes the latest change of the session that is not undone, by any client: prompts, masks, "
        "names, labels, loraMode, and the adapters that it trained, are to the bit what they were before it. Tracking "
        "is a change as well, so a prompt is undone after the tracking that followed it; undoing tracking brings back "
        "the masks that it replaced. Masks that were tracked from a prompt given meanwhile are undone with the "
        "tracking, not with the prompt. What is being tracked ends first, and what is being trained is trained first."
    )
    async def undo(self, info: Info, input: UndoInput) -> Revert:
        engine = info.context.engine
        await engine.session(input.session_id)
        return Revert.of(await engine.history.revert(input.session_id, redo=False))

    @strawberry.mutation(
        description="Redoes the change that was undone last, exactly, without tracking or training again. Changes that "
        "are undone are dropped with the next other change."
    )
    async def redo(self, info: Info, input: RedoInput) -> Revert:
        engine = info.context.engine
        await engine.session(input.session_id)
        return Revert.of(await engine.history.revert(input.session_id, redo=True))
