"""Who sessions and uploads belong to, and who may see them, in the database."""

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.users import Owner
from sam2_lit.records.videos import no_video_at
from sam2_lit.store.tables import sessions, uploads, videos

_SEED = 727207266


def seen_by(viewer: str | None, user: str | None) -> list[ColumnElement[bool]]:
    """The conditions for sessions that `viewer` may see, and that `user` started; None is everyone."""
    conditions = [] if viewer is None else [or_(~sessions.c.private, sessions.c.user == viewer)]
    return conditions if user is None else [*conditions, sessions.c.user == user]


def write_upload(connection: Connection, path: str, owner: Owner) -> None:
    connection.execute(insert(uploads).values(path=path, user=owner.user, private=owner.is_private))


def forget_upload(connection: Connection, path: str) -> None:
    connection.execute(delete(uploads).where(uploads.c.path == path))


def read_hidden_uploads(connection: Connection, viewer: str, path: str | None = None) -> frozenset[str]:
    """The paths of the uploads that a user may not see; of all, or whether this one is among them."""
    query = select(uploads.c.path).where(uploads.c.private, uploads.c.user != viewer)
    if path is not None:
        query = query.where(uploads.c.path == path)
    return frozenset(connection.execute(query).scalars())


def check_session_count(connection: Connection, user: str, most: int) -> None:
    """Raises LitError (CAPACITY_EXCEEDED) where a user may start no further session.

    On PostgreSQL other processes may start one too, and wait until this transaction ends.
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(func.concat(func.current_schema(), " ", user), _SEED)
        connection.execute(select(func.pg_advisory_xact_lock(key)))
    query = select(func.count()).select_from(sessions).where(sessions.c.user == user)
    count: int = connection.execute(query).scalar_one()
    if count >= most:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"you have {count} session{'s' * (count > 1)}, which is the limit of a user; close one first",
        )


def settled_owner(connection: Connection, path: str, owner: Owner) -> Owner:
    """The owner of a new session on a video, so that a video is not hidden from those who may see its sessions.

    A session on a private upload is private. The upload becomes private with the first private session of the user who
    uploaded it, unless there are sessions on it that others may see or have. Raises LitError (VIDEO_NOT_FOUND) where
    the upload is another's alone.
    """
    upload = connection.execute(select(uploads).where(uploads.c.path == path)).first()
    if upload is None:
        return owner
    if upload.private:
        if owner.user not in (None, upload.user):
            raise no_video_at(path)
        return Owner(upload.user, is_private=True)
    if owner.is_private and upload.user == owner.user:
        others = or_(~sessions.c.private, sessions.c.user != owner.user)
        on_it = exists().where(sessions.c.video_id == videos.c.id, videos.c.path == path, others)
        if not connection.execute(select(on_it)).scalar_one():
            connection.execute(update(uploads).where(uploads.c.path == path).values(private=True))
    return owner
