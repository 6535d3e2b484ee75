"""The client without asyncio, against a real server."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sam2_lit.client import Client, ExportFormat, LoraMode, Session
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Server
from tests.waiting import wait_until


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.url) as client:
        yield client


@pytest.fixture
def session(client: Client) -> Iterator[Session]:
    session = client.open("videos/discs.mp4")
    yield session
    session.close()


def test_a_session_from_a_listed_video_to_its_export(client: Client, clip: Clip, tmp_path: Path) -> None:
    [video] = [video for video in client.videos() if video.path == "videos/discs.mp4"]
    opened = client.open(video)
    session = client.session(opened.session_id)
    session.set_lora_mode(LoraMode.SUGGEST)
    session.add_points(2, 0, [clip.center(2, 0)])
    session.add_box(2, 0, clip.box(2, 0))
    session.clear_points(2, 0)
    session.remove_object(2)
    session.add_mask(1, 0, clip.masks[1][0])
    session.name_object(1, "disc")

    frames = list(session.track(max_frames=10))
    correction = session.correct(1, 8, mask=clip.masks[1][8])
    adapter = session.train(1, 9, clip.masks[1][9])
    session.apply(session.candidates(1, 10)[0])
    exported = session.export(ExportFormat.DAVIS, tmp_path)

    assert [frame.frame_index for frame in frames] == list(range(11))
    assert np.array_equal(correction.frame.masks[1], clip.masks[1][8])
    assert adapter.object_id == 1
    assert [(each.object_id, each.name) for each in session.info().objects] == [(1, "disc")]
    assert len(session.masks(2, 4)) == 3
    assert session.picture(0).shape == clip.frames[0].shape
    assert exported.suffix == ".zip"
    assert client.open(video).import_annotations(exported, dry_run=True).mask_count
    session.close()


def test_leaving_the_loop_ends_the_tracking_on_the_server(session: Session, server: Server, clip: Clip) -> None:
    session.add_mask(1, 0, clip.masks[1][0])

    for frame in session.track():
        assert frame.frame_index == 0
        break

    wait_until(lambda: ClientSession(server, session.session_id).streams == 0)


def test_an_upload_is_opened_like_any_video(client: Client, server: Server, videos: Path) -> None:
    video = client.upload(videos / "discs.mp4")
    session = client.open(video)

    assert session.video == video
    session.close()
    server.query("mutation ($path: String!) { deleteUpload(input: {path: $path}) { success } }", path=video.path)
