"""Moves sessions to another version of their video."""

from collections.abc import Callable
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select, update

from sam2_lit.records.videos import VideoEntry
from sam2_lit.store.change_log import forget_images
from sam2_lit.store.tables import changes, masks, objects, prompted_frames, prompts, sessions, videos


def store_video(connection: Connection, video: VideoEntry) -> None:
    """Adds a version of a video, where it is not stored yet."""
    if connection.execute(select(videos.c.id).where(videos.c.id == video.id)).first() is None:
        connection.execute(insert(videos).values(id=video.id, path=video.path, **asdict(video.info)))


def read_digests(connection: Connection, video_id: str) -> bytes | None:
    """The digests of a video's frames; None where they are not known."""
    return connection.execute(select(videos.c.frame_digests).where(videos.c.id == video_id)).scalar()


def writing_digests(video_id: str, digests: bytes) -> Callable[[Connection], None]:
    """Stores the digests of a video's frames."""

    def write(connection: Connection) -> None:
        connection.execute(update(videos).where(videos.c.id == video_id).values(frame_digests=digests))

    return write


def moving_session(session_id: str, video: VideoEntry, frames: int) -> Callable[[Connection], None]:
    """Makes a session one on another version of its video, of which the first `frames` frames are the same.

    Masks and prompts on later frames are deleted; objects and adapters stay.
    """

    def write(connection: Connection) -> None:
        store_video(connection, video)
        connection.execute(update(sessions).where(sessions.c.id == session_id).values(video_id=video.id))
        for table in (masks, prompts, prompted_frames):
            later = (table.c.session_id == session_id, table.c.frame_index >= frames)
            connection.execute(delete(table).where(*later))
        # What its changes replaced was on the earlier version.
        kept = select(changes.c.id).where(changes.c.session_id == session_id)
        forget_images(connection, list(connection.execute(kept).scalars()))
        for row in connection.execute(select(objects).where(objects.c.session_id == session_id)).all():
            prompted = {index: version for index, version in row.prompt_changes.items() if int(index) < frames}
            which = (objects.c.session_id == session_id, objects.c.object_id == row.object_id)
            connection.execute(update(objects).where(*which).values(prompt_changes=prompted))

    return write
