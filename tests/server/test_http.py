import io
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.clips import FRAMES, HEIGHT, WIDTH, Clip, write_clip
from tests.running import Server

VIDEO = "id path posterPath width height url posterUrl frameCount fps durationSec frameUrlTemplate"


def discs(server: Server) -> dict[str, Any]:
    edges = server.query(f"{{ videos {{ edges {{ node {{ {VIDEO} }} }} }} }}")["videos"]["edges"]
    video: dict[str, Any] = next(edge["node"] for edge in edges if edge["node"]["path"] == "videos/discs.mp4")
    return video


def upload(server: Server, content: bytes, **trim: float) -> dict[str, Any]:
    query = f"""mutation ($file: Upload!, $start: Float, $duration: Float) {{
        uploadVideo(file: $file, startTimeSec: $start, durationTimeSec: $duration) {{ {VIDEO} }} }}"""
    answer = server.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": query, "variables": {"file": None, **trim}}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": ("clip.mp4", io.BytesIO(content), "video/mp4")},
    )
    video: dict[str, Any] = answer.json()["data"]["uploadVideo"]
    return video


def test_health_and_readiness_are_reported(server: Server) -> None:
    assert server.http.get("/healthz").json() == {"status": "alive"}
    assert server.http.get("/readyz").json() == {"status": "ready", "model": "pocket"}


def test_a_video_has_its_size_rate_and_duration(server: Server) -> None:
    video = discs(server)

    assert (video["width"], video["height"], video["frameCount"], video["fps"]) == (WIDTH, HEIGHT, FRAMES, 24)
    assert video["durationSec"] == pytest.approx(FRAMES / 24, abs=0.01)


def test_the_default_video_is_the_sample(server: Server) -> None:
    assert server.query("{ defaultVideo { path } }")["defaultVideo"]["path"] == "sample/sample.mp4"


def test_videos_are_a_relay_connection(server: Server) -> None:
    page = server.query("{ videos(first: 1) { edges { cursor node { id path } } pageInfo { hasNextPage endCursor } } }")
    [edge] = page["videos"]["edges"]
    after = server.query(
        "query ($after: String!) { videos(first: 1, after: $after) { edges { node { path } } } }", after=edge["cursor"]
    )
    node = server.query("query ($id: ID!) { node(id: $id) { ... on Video { path } } }", id=edge["node"]["id"])

    assert page["videos"]["pageInfo"] == {"hasNextPage": True, "endCursor": edge["cursor"]}
    assert after["videos"]["edges"][0]["node"]["path"] != edge["node"]["path"]
    assert node["node"]["path"] == edge["node"]["path"]


def test_a_frame_is_served_as_jpeg_by_index_and_can_be_cached(server: Server, clip: Clip) -> None:
    template = discs(server)["frameUrlTemplate"]

    answer = server.http.get(template.replace("{index}", "7"))

    picture = np.asarray(Image.open(io.BytesIO(answer.content)), np.float32)
    distances = [np.abs(picture - frame).mean() for frame in clip.frames]
    assert int(np.argmin(distances)) == 7
    assert "immutable" in answer.headers["cache-control"]


def test_a_frame_out_of_range_is_not_found(server: Server) -> None:
    answer = server.http.get(discs(server)["frameUrlTemplate"].replace("{index}", str(FRAMES)))

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "FRAME_OUT_OF_RANGE"


def test_a_video_that_is_not_there_is_not_found(server: Server) -> None:
    for path in ("/videos/nothing/video.mp4", "/videos/..%2f..%2fetc%2fpasswd/video.mp4"):
        assert server.http.get(path).status_code == 404


def test_the_video_is_served_in_ranges(server: Server) -> None:
    url = discs(server)["url"]

    part = server.http.get(url, headers={"Range": "bytes=4-11"})

    assert part.status_code == 206
    assert part.content == server.http.get(url).content[4:12]


def test_a_video_has_a_poster(server: Server) -> None:
    poster = Image.open(io.BytesIO(server.http.get(discs(server)["posterUrl"]).content))

    assert poster.format == "JPEG"


def test_an_uploaded_video_is_listed_and_can_be_annotated(server: Server, videos: Path) -> None:
    video = upload(server, (videos / "discs.mp4").read_bytes())

    started = server.query(
        "mutation ($path: String!) { startSession(input: {path: $path}) { sessionId } }", path=video["path"]
    )["startSession"]
    listed = server.query("{ videos { edges { node { path } } } }")["videos"]["edges"]

    assert video["frameCount"] == FRAMES
    assert video["path"] in [edge["node"]["path"] for edge in listed]
    server.query("mutation ($s: String!) { closeSession(input: {sessionId: $s}) { success } }", s=started["sessionId"])


def test_an_upload_is_trimmed_to_the_requested_time(server: Server, tmp_path: Path, clip: Clip) -> None:
    write_clip(tmp_path / "clip.mp4", clip.frames)

    video = upload(server, (tmp_path / "clip.mp4").read_bytes(), start=3 / 24, duration=5 / 24)

    content = server.http.get(video["url"]).content
    with av.open(io.BytesIO(content)) as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.float32)
    assert video["frameCount"] == 5
    assert int(np.argmin([np.abs(first - frame).mean() for frame in clip.frames])) == 3
