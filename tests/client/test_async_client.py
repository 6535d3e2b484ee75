"""The client for asyncio, against a real server."""

import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

from sam2_lit.client import (
    AsyncClient,
    AsyncSession,
    ExportFormat,
    ImportFormat,
    LoraMode,
    MaskSource,
    PropagationDirection,
)
from sam2_lit.client.errors import (
    FeaturesNotCaptured,
    InvalidPrompt,
    NoPrompts,
    SessionNotFound,
    UnsupportedMedia,
    VideoNotFound,
)
from tests.client_session import ClientSession
from tests.clips import FRAMES, HEIGHT, WIDTH, Clip, iou, mask_of
from tests.running import Server
from tests.waiting import wait_until


@pytest.fixture
async def client(server: Server) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(server.url) as client:
        yield client


@pytest.fixture
async def session(client: AsyncClient) -> AsyncIterator[AsyncSession]:
    session = await client.open("videos/discs.mp4")
    yield session
    await session.close()


@pytest.fixture
async def tracked(session: AsyncSession, clip: Clip) -> AsyncSession:
    """A session whose object 1 was tracked from the left half of its mask."""
    half = clip.masks[1][0] & mask_of(clip.half(1, 0))
    await session.add_mask(1, 0, half)
    [frame async for frame in session.track(max_frames=9)]
    return session


async def test_videos_of_the_server_are_listed_with_their_sizes(client: AsyncClient) -> None:
    videos = {video.path: video async for video in client.videos()}

    video = videos["videos/discs.mp4"]
    assert (video.width, video.height, video.frame_count) == (WIDTH, HEIGHT, FRAMES)


async def test_an_uploaded_file_can_be_opened(client: AsyncClient, server: Server, videos: Path) -> None:
    video = await client.upload(videos / "discs.mp4")
    session = await client.open(video)

    assert session.video.path == video.path
    assert video.frame_count == FRAMES
    await session.close()
    server.query("mutation ($path: String!) { deleteUpload(input: {path: $path}) { success } }", path=video.path)


async def test_an_upload_keeps_the_part_that_is_asked_for(client: AsyncClient, server: Server, videos: Path) -> None:
    video = await client.upload(videos / "discs.mp4", start_seconds=0.25, duration_seconds=0.125)

    assert video.frame_count == 3
    server.query("mutation ($path: String!) { deleteUpload(input: {path: $path}) { success } }", path=video.path)


async def test_a_click_gives_a_bool_mask_of_the_video_s_size(session: AsyncSession, clip: Clip) -> None:
    frame = await session.add_points(1, 0, [clip.center(1, 0)])

    mask = frame.masks[1]
    assert (mask.dtype, mask.shape) == (np.bool_, (HEIGHT, WIDTH))
    assert iou(mask, clip.masks[1][0]) > 0.5


async def test_points_may_be_a_numpy_array_with_labels(session: AsyncSession, server: Server, clip: Clip) -> None:
    points = np.array([clip.center(1, 0), clip.center(2, 0)])

    await session.add_points(1, 0, points, labels=[1, 0])

    [sent] = ClientSession(server, session.session_id).interactions()
    assert (sent["points"], sent["labels"]) == (points.tolist(), [1, 0])


async def test_a_box_gives_a_mask(session: AsyncSession, clip: Clip) -> None:
    frame = await session.add_box(2, 0, clip.box(2, 0))

    assert iou(frame.masks[2], clip.masks[2][0]) > 0.7


async def test_a_mask_that_was_drawn_is_returned_as_it_was(session: AsyncSession, clip: Clip) -> None:
    frame = await session.add_mask(7, 3, clip.masks[1][3])

    assert np.array_equal(frame.masks[7], clip.masks[1][3])
    assert (frame.objects[7].source, frame.objects[7].predicted_iou) == (MaskSource.PROMPT, None)


async def test_a_mask_that_is_not_bool_is_refused_before_it_is_sent(session: AsyncSession, clip: Clip) -> None:
    with pytest.raises(TypeError, match=r"bool array \[H, W\]; this one is uint8 \[128, 192\]"):
        await session.add_mask(1, 0, clip.masks[1][0].astype(np.uint8))  # type: ignore[arg-type]


async def test_tracking_yields_the_masks_that_the_session_then_holds(session: AsyncSession, clip: Clip) -> None:
    await session.add_mask(1, 0, clip.masks[1][0])
    await session.add_mask(2, 0, clip.masks[2][0])

    frames = [frame async for frame in session.track()]

    assert [frame.frame_index for frame in frames] == list(range(FRAMES))
    assert [frame.completed for frame in frames] == list(range(1, FRAMES + 1))
    for frame, stored in zip(frames, await session.masks(), strict=True):
        assert frame.masks.keys() == {1, 2}
        assert all(np.array_equal(frame.masks[each], stored.masks[each]) for each in (1, 2))


async def test_tracking_is_limited_to_what_is_asked_for(session: AsyncSession, clip: Clip) -> None:
    await session.add_mask(1, 8, clip.masks[1][8])

    frames = [frame.frame_index async for frame in session.track(8, PropagationDirection.BACKWARD, max_frames=3)]

    assert frames == [8, 7, 6, 5]


async def test_leaving_the_tracking_ends_it_on_the_server(session: AsyncSession, server: Server, clip: Clip) -> None:
    await session.add_mask(1, 0, clip.masks[1][0])

    async with aclosing(session.track()) as frames:
        first = await anext(frames)

    assert first.frame_index == 0
    wait_until(lambda: ClientSession(server, session.session_id).streams == 0)


async def test_a_correction_trains_an_adapter_that_the_session_then_has(tracked: AsyncSession, clip: Clip) -> None:
    correction = await tracked.correct(1, 8, mask=clip.masks[1][8])

    assert correction.adapter is not None
    assert correction.adapter.training_iou > correction.adapter.baseline_iou
    assert np.array_equal(correction.frame.masks[1], clip.masks[1][8])
    [described] = (await tracked.info()).objects
    assert [adapter.adapter_id for adapter in described.adapters] == [correction.adapter.adapter_id]


async def test_a_correction_that_cannot_train_says_why(session: AsyncSession, clip: Clip) -> None:
    correction = await session.correct(1, 0, points=[clip.center(1, 0)])

    assert (correction.adapter, correction.skipped) == (None, "FEATURES_NOT_CAPTURED")


async def test_training_learns_a_mask_that_is_sent(tracked: AsyncSession, clip: Clip) -> None:
    adapter = await tracked.train(1, 8, clip.masks[1][8])

    assert (adapter.object_id, adapter.frame_indices) == (1, [8])


async def test_a_candidate_can_be_applied(tracked: AsyncSession, clip: Clip) -> None:
    await tracked.correct(1, 8, mask=clip.masks[1][8])

    [candidate] = await tracked.candidates(1, 9)
    frame = await tracked.apply(candidate)

    assert np.array_equal(frame.masks[1], candidate.mask)


async def test_the_mode_and_names_are_what_they_were_set_to(session: AsyncSession, clip: Clip) -> None:
    await session.add_mask(3, 0, clip.masks[1][0])
    await session.name_object(3, "disc")
    await session.set_lora_mode(LoraMode.OFF)

    info = await session.info()

    assert (info.lora_mode, [(each.object_id, each.name) for each in info.objects]) == (LoraMode.OFF, [(3, "disc")])


async def test_an_object_can_lose_its_prompts_and_be_removed(session: AsyncSession, clip: Clip) -> None:
    await session.add_mask(1, 0, clip.masks[1][0])
    await session.add_mask(2, 0, clip.masks[2][0])

    cleared = await session.clear_points(1, 0)
    await session.remove_object(2)

    assert not cleared.masks.get(1, np.zeros(1, bool)).any()
    assert 2 not in {each.object_id for each in (await session.info()).objects}


async def test_the_picture_of_a_frame_is_an_rgb_array(session: AsyncSession, clip: Clip) -> None:
    picture = await session.picture(5)

    assert (picture.dtype, picture.shape) == (np.uint8, (HEIGHT, WIDTH, 3))
    assert np.abs(picture.astype(int) - clip.frames[5]).mean() < 20


async def test_an_export_has_the_server_s_name_in_a_folder(session: AsyncSession, clip: Clip, tmp_path: Path) -> None:
    await session.add_mask(1, 0, clip.masks[1][0])

    path = await session.export(ExportFormat.COCO, tmp_path)

    assert list(tmp_path.iterdir()) == [path]
    assert path.name.endswith("coco.json")
    assert len(json.loads(path.read_text())["annotations"]) == 1


async def test_an_export_can_be_given_its_file(session: AsyncSession, clip: Clip, tmp_path: Path) -> None:
    await session.add_mask(1, 0, clip.masks[1][0])

    path = await session.export(ExportFormat.COCO, tmp_path / "mine.json")

    assert path == tmp_path / "mine.json"
    assert json.loads(path.read_text())["annotations"]


async def test_an_export_has_the_chosen_objects_and_frames(session: AsyncSession, clip: Clip, tmp_path: Path) -> None:
    for object_id in (1, 2):
        for frame in range(3):
            await session.add_mask(object_id, frame, clip.masks[object_id][frame])

    path = await session.export(
        ExportFormat.COCO, tmp_path / "some.zip", object_ids=[2], first=1, last=1, include_pictures=True
    )

    with zipfile.ZipFile(path) as archive:
        [content] = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
        assert any(name.endswith(".jpg") for name in archive.namelist())
    assert len(content["annotations"]) == 1


async def test_an_export_is_imported_into_another_session(
    client: AsyncClient, session: AsyncSession, clip: Clip, tmp_path: Path
) -> None:
    await session.add_mask(1, 0, clip.masks[1][0])
    file = await session.export(ExportFormat.DAVIS, tmp_path)
    other = await client.open("videos/discs.mp4")

    planned = await other.import_annotations(file, dry_run=True)
    assert (planned.applied, planned.mask_count, await other.masks()) == (False, 1, [])
    imported = await other.import_annotations(file, ImportFormat.DAVIS, object_map={"1": 7})

    assert imported.applied and not imported.mismatches
    [frame] = await other.masks()
    assert np.array_equal(frame.masks[7], clip.masks[1][0])


async def test_an_import_that_does_not_match_changes_nothing_and_says_why(
    session: AsyncSession, clip: Clip, tmp_path: Path
) -> None:
    await session.add_mask(1, 0, clip.masks[1][0])
    file = await session.export(ExportFormat.DAVIS, tmp_path)
    await session.add_mask(1, 0, clip.masks[1][1])

    refused = await session.import_annotations(file)

    assert not refused.applied
    assert [each.kind.value for each in refused.mismatches] == ["PROMPTED"]


async def test_a_session_is_continued_by_its_id(client: AsyncClient, session: AsyncSession, clip: Clip) -> None:
    await session.add_mask(1, 0, clip.masks[1][0])

    [frame] = await (await client.session(session.session_id)).masks()

    assert np.array_equal(frame.masks[1], clip.masks[1][0])


async def test_errors_of_the_server_are_of_the_class_of_their_code(
    client: AsyncClient, session: AsyncSession, clip: Clip, tmp_path: Path
) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(VideoNotFound, match="nothing"):
        await client.open("nothing.mp4")
    with pytest.raises(UnsupportedMedia):
        await client.upload(tmp_path / "text.mp4")
    with pytest.raises(SessionNotFound):
        await client.session("gone")
    with pytest.raises(NoPrompts):
        await session.export(ExportFormat.DAVIS, tmp_path)
    with pytest.raises(NoPrompts):
        [frame async for frame in session.track()]
    with pytest.raises(InvalidPrompt) as refused:
        await session.add_points(1, 0, [[2, 0.5]])
    assert refused.value.code == "INVALID_PROMPT"
    await session.add_mask(1, 0, clip.masks[1][0])
    with pytest.raises(FeaturesNotCaptured):
        await session.train(1, 0)
