"""The statements of a session's journal that run for every prompt or frame, built once.

`PUT_MASK` is by dialect.
"""

from sqlalchemy import Insert, bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from sam2_lit.store.change_recorder import BOOKKEEPING
from sam2_lit.store.tables import interactions, masks, objects, prompted_frames, prompts, sessions


def _put_mask(statement: sqlite.Insert | postgresql.Insert) -> Insert:
    changed = [column for column in masks.c if not column.primary_key]
    return statement.on_conflict_do_update(
        index_elements=list(masks.primary_key), set_={each: statement.excluded[each.key] for each in changed}
    )


PUT_MASK = {"sqlite": _put_mask(sqlite.insert(masks)), "postgresql": _put_mask(postgresql.insert(masks))}

SESSION = update(sessions).where(sessions.c.id == bindparam("session"))
PROMPT_CHANGES = (
    update(objects)
    .where(objects.c.session_id == bindparam("session"), objects.c.object_id == bindparam("object"))
    .execution_options(**{BOOKKEEPING: True})
)
PROMPTED_FRAME = update(prompted_frames).where(
    prompted_frames.c.session_id == bindparam("session"),
    prompted_frames.c.object_id == bindparam("object"),
    prompted_frames.c.frame_index == bindparam("frame"),
)
REMOVE_PROMPTS = delete(prompts).where(
    prompts.c.session_id == bindparam("session"),
    prompts.c.object_id == bindparam("object"),
    prompts.c.frame_index == bindparam("frame"),
)
PUT_PROMPT, PUT_INTERACTION = insert(prompts), insert(interactions)
