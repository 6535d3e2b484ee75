"""Sessions whose video is replaced or grows, and what the query videos says of files."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure, Server

CONTINUE = (
    """mutation ($s: String!) { continueSession(input: {sessionId: $s}) { video { frameCount frameUrlTemplate } } }"""
)


@pytest.fixture
def frames(videos: Path, clip: Clip, request: pytest.FixtureRequest) -> Path:
    """A folder of five frames of the clip."""
    folder = videos / f"frames-{abs(hash(request.node.name))}"
    folder.mkdir()
    for index in range(5):
        add_frame(folder, clip, index)
    return folder


def add_frame(folder: Path, clip: Clip, index: int) -> None:
    Image.fromarray(clip.frames[index]).save(folder / f"{index:03}.png")


def wait_for_digests(server: Server, session: ClientSession) -> None:
    video = session.state.video.id
    while server.engine._store.frame_digests(video) is None:
        time.sleep(0.01)


def test_an_open_session_says_that_its_video_has_changed_and_continues_with_the_same_frames(
    server: Server, frames: Path, clip: Clip
) -> None:
    session = ClientSession.start(server, f"videos/{frames.name}")
    session.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(2, 3, clip.rle(2, 3))
    wait_for_digests(server, session)
    Image.fromarray(clip.frames[9]).save(frames / "003.png")
    add_frame(frames, clip, 5)

    with pytest.raises(GraphQLFailure, match="continueSession") as failure:
        session.add_mask(1, 1, clip.rle(1, 1))
    assert failure.value.code == "VIDEO_NOT_FOUND"

    video = server.query(CONTINUE, s=session.session_id)["continueSession"]["video"]
    assert video["frameCount"] == 6
    assert server.http.get(video["frameUrlTemplate"].replace("{index}", "5")).status_code == 200
    assert [frame["frameIndex"] for frame in session.masks()] == [0]
    assert session.info()["objects"][1]["promptedFrames"] == []
    session.add_mask(2, 5, clip.rle(2, 5))
    assert [frame["frameIndex"] for frame in session.masks()] == [0, 5]
    session.close()


def test_a_stored_session_says_how_many_frames_are_the_same(server: Server, frames: Path, clip: Clip) -> None:
    session = ClientSession.start(server, f"videos/{frames.name}")
    session.add_mask(1, 0, clip.rle(1, 0))
    wait_for_digests(server, session)
    evict(server, session)
    add_frame(frames, clip, 5)
    with pytest.raises(GraphQLFailure, match="its first 5 frames are the same") as failure:
        session.add_mask(1, 1, clip.rle(1, 1))
    assert failure.value.code == "VIDEO_NOT_FOUND"
    assert len(session.masks()) == 1
    query = "query ($s: String!) { session(sessionId: $s) { videoChange { sameFrames frameCount } } }"
    assert server.query(query, s=session.session_id)["session"]["videoChange"] == {"sameFrames": 5, "frameCount": 6}
    (frames / "005.png").unlink()
    assert server.query(query, s=session.session_id)["session"]["videoChange"] is None
    session.close()


def test_a_session_whose_file_only_has_another_time_of_change_is_resumed(
    server: Server, frames: Path, clip: Clip
) -> None:
    session = ClientSession.start(server, f"videos/{frames.name}")
    session.add_mask(1, 0, clip.rle(1, 0))
    wait_for_digests(server, session)
    evict(server, session)
    os.utime(frames / "002.png", (1, 1))
    session.add_mask(1, 1, clip.rle(1, 1))
    assert [frame["frameIndex"] for frame in session.masks()] == [0, 1]
    session.close()


def test_a_session_without_any_frame_left_cannot_continue(server: Server, frames: Path, clip: Clip) -> None:
    session = ClientSession.start(server, f"videos/{frames.name}")
    wait_for_digests(server, session)
    for index in range(5):
        Image.fromarray(clip.frames[10 + index]).save(frames / f"{index:03}.png")
    assert server.code(CONTINUE, s=session.session_id) == "VIDEO_NOT_FOUND"
    assert server.code(CONTINUE, s="none") == "SESSION_NOT_FOUND"
    session.close()


def evict(server: Server, session: ClientSession) -> None:
    asyncio.run_coroutine_threadsafe(server.engine.pool.evict(session.session_id), server.loop).result()


def test_what_cannot_be_used_and_what_is_found_by_a_search(server: Server, videos: Path) -> None:
    (videos / "broken-search.mp4").write_bytes(b"not a video")
    query = '{ videos(search: "BROKEN-search") { edges { node { path } } unusable { path reason } totalCount } }'
    [unusable] = (page := server.query(query)["videos"])["unusable"]
    assert unusable["path"] == "videos/broken-search.mp4"
    assert "not a whole" in unusable["reason"]
    assert (page["edges"], page["totalCount"]) == ([], 1)
    (videos / "broken-search.mp4").unlink()


def test_a_frame_has_an_etag_that_follows_the_version(
    server: Server, frames: Path, start: Callable[[], ClientSession]
) -> None:
    def frame(headers: dict[str, str] | None = None) -> tuple[int, str]:
        query = f'{{ videos(search: "{frames.name}") {{ edges {{ node {{ frameUrlTemplate }} }} }} }}'
        url = server.query(query)["videos"]["edges"][0]["node"]["frameUrlTemplate"].replace("{index}", "1")
        answer = server.http.get(url, headers=headers or {})
        return answer.status_code, answer.headers["ETag"]

    _, etag = frame()
    assert frame({"If-None-Match": etag}) == (304, etag)
    os.utime(frames, (1, 1))
    os.utime(frames / "001.png", (1, 1))
    status, other = frame({"If-None-Match": etag})
    assert (status, other != etag) == (200, True)
