"""The SAM 2 demo's front end, served from its own origin, with this server as its endpoint."""

import base64
import threading
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.browser_support import visit
from tests.client_session import ClientSession
from tests.clips import FRAMES, Clip, iou, mask_of
from tests.running import Server, running

CLIENT = Path(__file__).with_name("sam2_demo.js")
VIDEO = "id path posterPath url posterUrl height width"
START = "mutation Start($input: StartSessionInput!) { startSession(input: $input) { sessionId } }"
MASKS = "{ frameIndex rleMaskList { objectId rleMask { counts size } } }"
ADD_POINTS = f"mutation Points($input: AddPointsInput!) {{ addPoints(input: $input) {MASKS} }}"
CLEAR = f"mutation Clear($input: ClearPointsInFrameInput!) {{ clearPointsInFrame(input: $input) {MASKS} }}"
CLEAR_ALL = "mutation All($input: ClearPointsInVideoInput!) { clearPointsInVideo(input: $input) { success } }"
REMOVE = f"mutation Remove($input: RemoveObjectInput!) {{ removeObject(input: $input) {MASKS} }}"
CANCEL = "mutation Cancel($input: CancelPropagateInVideoInput!) { cancelPropagateInVideo(input: $input) { success } }"
CLOSE = "mutation Close($input: CloseSessionInput!) { closeSession(input: $input) { success } }"
UPLOAD = f"mutation Upload($file: Upload!) {{ uploadVideo(file: $file) {{ {VIDEO} }} }}"
SIDE = 24


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A second origin that serves an empty page."""
    folder = tmp_path_factory.mktemp("origin")
    (folder / "index.html").write_text("<!doctype html><link rel=icon href=data:,><title>front end</title>")
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    site.server_close()


@pytest.fixture(scope="module")
def endpoint(
    origin: str, model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    settings = Settings(videos=videos, data_dir=tmp_path_factory.mktemp("data"), allowed_origin=(origin,))
    with running(settings, model) as server:
        yield server


@pytest.fixture
def front_end(browser: Browser, origin: str) -> Iterator[Page]:
    with visit(browser, origin) as visited:
        visited.page.add_script_tag(path=CLIENT)
        yield visited.page
        assert visited.problems == []


def ask(page: Page, server: Server, query: str, **given: Any) -> Any:
    variables = {"input": given} if given else {}
    data = page.evaluate(
        "([url, query, variables]) => operation(url, query, variables)", [server.url, query, variables]
    )
    return next(iter(data.values()))


def propagate(page: Page, server: Server, session_id: str, start: int = 0) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = page.evaluate(
        "([url, id, start]) => propagate(url, id, start)", [server.url, session_id, start]
    )
    return frames


def upload(page: Page, server: Server, file: Path) -> Any:
    """The video that the page gets for a file that it uploads."""
    return page.evaluate(
        """async ([url, query, content, name]) => {
            const bytes = Uint8Array.from(atob(content), each => each.charCodeAt(0));
            return (await upload(url, query, new File([bytes], name))).uploadVideo;
        }""",
        [server.url, UPLOAD, base64.b64encode(file.read_bytes()).decode(), file.name],
    )


def samples_of(content: bytes) -> dict[str, Any]:
    """The sample table of an MP4: its H.264 profile as a codec string, its `avcC`, and its samples in file order."""
    with av.open(BytesIO(content)) as container:
        stream = container.streams.video[0]
        extra = stream.codec_context.extradata
        assert extra is not None and stream.time_base is not None
        samples = [
            {
                "key": packet.is_keyframe,
                "timestamp": round(packet.pts * float(stream.time_base) * 1e6),
                "offset": packet.pos,
                "size": packet.size,
            }
            for packet in container.demux(stream)
            if packet.size and packet.pts is not None
        ]
        return {
            "codec": f"avc1.{extra[1:4].hex()}",
            "description": base64.b64encode(extra).decode(),
            "samples": samples,
        }


def shrunk(frame: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(frame).resize((SIDE, SIDE), Image.Resampling.BOX), np.float32)[..., 1]


def decoded(page: Page, server: Server, url: str) -> list[np.ndarray]:
    table = samples_of(server.http.get(url).content)
    answer = page.evaluate("([url, table, side]) => decode(url, table, side)", [url, table, SIDE])
    assert answer["length"] is not None
    return [np.asarray(gray, np.float32).reshape(SIDE, SIDE) for gray in answer["pictures"]]


def test_its_videos_are_listed_and_decode_into_our_frames(front_end: Page, endpoint: Server, clip: Clip) -> None:
    edges = ask(front_end, endpoint, f"query Gallery {{ videos {{ edges {{ node {{ {VIDEO} }} }} }} }}")["edges"]
    assert ask(front_end, endpoint, "{ defaultVideo { path posterUrl } }")["path"] == "sample/sample.mp4"
    [video] = [edge["node"] for edge in edges if edge["node"]["path"] == "videos/discs.mp4"]

    pictures = decoded(front_end, endpoint, video["url"])

    assert len(pictures) == FRAMES
    ours = [shrunk(frame) for frame in clip.frames]
    nearest = [int(np.argmin([np.abs(picture - frame).mean() for frame in ours])) for picture in pictures]
    assert nearest == list(range(FRAMES))


def test_a_webm_that_it_uploads_is_served_as_h264_that_decodes(
    front_end: Page, endpoint: Server, clip: Clip, tmp_path: Path
) -> None:
    file = tmp_path / "clip.webm"
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libvpx", rate=12, options={"deadline": "realtime"})
        stream.width, stream.height, stream.pix_fmt = clip.frames.shape[2], clip.frames.shape[1], "yuv420p"
        for picture in clip.frames[:6]:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    video = upload(front_end, endpoint, file)

    pictures = decoded(front_end, endpoint, video["url"])
    ours = [shrunk(frame) for frame in clip.frames[:6]]
    assert [int(np.argmin([np.abs(each - frame).mean() for frame in ours])) for each in pictures] == list(range(6))


def test_it_tracks_objects_through_the_video(front_end: Page, endpoint: Server, clip: Clip) -> None:
    session_id = ask(front_end, endpoint, START, path="videos/discs.mp4")["sessionId"]
    for object_id in (0, 1):
        frame = ask(
            front_end,
            endpoint,
            ADD_POINTS,
            sessionId=session_id,
            frameIndex=4,
            objectId=object_id,
            labels=[1],
            points=[clip.center(object_id + 1, 4)],
            clearOldPoints=True,
        )
    assert [mask["objectId"] for mask in frame["rleMaskList"]] == [0, 1]

    frames = propagate(front_end, endpoint, session_id, 4)

    assert [frame["frameIndex"] for frame in frames] == [*range(4, FRAMES), 3, 2, 1, 0]
    assert all([mask["objectId"] for mask in frame["masks"]] == [0, 1] for frame in frames)
    held = ClientSession(endpoint, session_id).masks()
    for frame in frames:
        for mask, kept in zip(frame["masks"], held[frame["frameIndex"]]["rleMaskList"], strict=True):
            assert iou(mask_of(mask), mask_of(kept["rleMask"])) == 1
    assert ask(front_end, endpoint, CLOSE, sessionId=session_id) == {"success": True}


@pytest.mark.parametrize(("width", "height", "pixel"), [(641, 361, "1:1"), (720, 480, "32:27")])
def test_its_masks_fit_the_video_that_it_shows(
    front_end: Page, endpoint: Server, tmp_path: Path, width: int, height: int, pixel: str
) -> None:
    file = tmp_path / "clip.mp4"
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libx264", rate=12, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv444p" if width % 2 else "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(pixel.replace(":", "/"))
        picture = np.full((height, width, 3), 90, np.uint8)
        picture[height // 4 : height // 2, width // 4 : width // 2] = (230, 60, 40)
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    video = upload(front_end, endpoint, file)

    with av.open(BytesIO(endpoint.http.get(video["url"]).content)) as played:
        shown = played.streams.video[0]
        assert shown.sample_aspect_ratio in (None, 0, 1)
        size = (shown.height, shown.width)
    session_id = ask(front_end, endpoint, START, path=video["path"])["sessionId"]
    point = {"labels": [1], "points": [[3 / 8, 3 / 8]], "clearOldPoints": True}
    ask(front_end, endpoint, ADD_POINTS, sessionId=session_id, frameIndex=0, objectId=0, **point)
    frames = propagate(front_end, endpoint, session_id)
    ask(front_end, endpoint, CLOSE, sessionId=session_id)

    assert size == (video["height"], video["width"])
    assert [tuple(mask["size"]) for frame in frames for mask in frame["masks"]] == [size, size]
    # A rectangle whose sides are as in the picture that a player shows.
    rows, columns = np.nonzero(mask_of({"size": size, "counts": frames[1]["masks"][0]["counts"]}))
    assert np.allclose(
        [rows.min() / size[0], rows.max() / size[0], columns.min() / size[1], columns.max() / size[1]],
        [0.25, 0.5, 0.25, 0.5],
        atol=0.06,
    )
    if pixel != "1:1":
        assert size[1] / size[0] == pytest.approx(width * Fraction(pixel.replace(":", "/")) / height, abs=0.01)


def test_it_stops_tracking_edits_and_starts_over(front_end: Page, endpoint: Server) -> None:
    session_id = ask(front_end, endpoint, START, path="sample/sample.mp4")["sessionId"]

    def click(object_id: int) -> Any:
        point = {"labels": [1], "points": [[0.163, 0.565 - 0.2 * object_id]], "clearOldPoints": True}
        return ask(front_end, endpoint, ADD_POINTS, sessionId=session_id, frameIndex=0, objectId=object_id, **point)

    click(0)
    first = front_end.evaluate("([url, id]) => propagate(url, id, 0, 3)", [endpoint.url, session_id])
    assert [frame["frameIndex"] for frame in first] == [0, 1, 2]
    assert ask(front_end, endpoint, CANCEL, sessionId=session_id) == {"success": True}

    click(1)
    left = ask(front_end, endpoint, REMOVE, sessionId=session_id, objectId=1)
    assert [[mask["objectId"] for mask in frame["rleMaskList"]] for frame in left] == [[0]]
    cleared = ask(front_end, endpoint, CLEAR, sessionId=session_id, frameIndex=0, objectId=0)
    # It shows what it is sent, so a mask is only gone where an empty one is sent.
    [none] = cleared["rleMaskList"]
    assert none["objectId"] == 0
    assert not mask_of(none["rleMask"]).any()
    assert propagate(front_end, endpoint, session_id) == []
    assert ask(front_end, endpoint, CLEAR_ALL, sessionId=session_id) == {"success": True}
    [mask] = click(0)["rleMaskList"]
    assert mask["objectId"] == 0
    # As the front end does when its window is closed.
    front_end.evaluate(
        """([url, query, id]) => fetch(`${url}/graphql`, {
            method: "POST", credentials: "include", keepalive: true, headers: {"Content-Type": "application/json"},
            body: JSON.stringify({query, variables: {input: {sessionId: id}}}) })""",
        [endpoint.url, CLOSE, session_id],
    )
    assert endpoint.query("{ sessions { sessionId } }")["sessions"] == []


def test_an_origin_that_is_not_allowed_cannot_read_responses(browser: Browser, server: Server, origin: str) -> None:
    with visit(browser, origin) as visited:
        visited.page.add_script_tag(path=CLIENT)

        refused = visited.page.evaluate(
            "url => operation(url, '{ videos { edges { node { path } } } }', {}).then(() => false, () => true)",
            server.url,
        )

        assert refused
