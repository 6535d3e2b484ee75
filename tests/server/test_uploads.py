"""Deleting uploads, by request and by age."""

import os
import time
from pathlib import Path

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.media.clips import write_video, zero_packet
from tests.running import GraphQLFailure, Server, outcomes_at_once, running
from tests.server.test_http import upload
from tests.waiting import wait_until

DELETE = "mutation ($path: String!) { deleteUpload(input: {path: $path}) { success } }"


@pytest.fixture
def uploaded(server: Server, videos: Path) -> str:
    path: str = upload(server, (videos / "discs.mp4").read_bytes())["path"]
    return path


def paths(server: Server) -> list[str]:
    edges = server.query("{ videos { edges { node { path } } } }")["videos"]["edges"]
    return [edge["node"]["path"] for edge in edges]


def test_a_deleted_upload_is_gone(server: Server, uploaded: str) -> None:
    assert uploaded in paths(server)

    assert server.query(DELETE, path=uploaded) == {"deleteUpload": {"success": True}}

    assert uploaded not in paths(server)
    assert server.code(DELETE, path=uploaded) == "VIDEO_NOT_FOUND"


def test_damage_of_an_upload_is_found_without_a_session(server: Server, tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.mp4", 12, "mpeg4", group=1)
    uploaded = upload(server, zero_packet(whole, tmp_path / "zeroed.mp4", 5).read_bytes())
    query = "query ($id: ID!) { node(id: $id) { ... on Video { damage { first last } } } }"

    wait_until(lambda: server.query(query, id=uploaded["id"])["node"]["damage"] is not None)

    assert server.query(query, id=uploaded["id"])["node"]["damage"] == [{"first": 5, "last": 5}]


def test_of_many_clients_that_delete_an_upload_at_once_one_has_deleted_it(server: Server, uploaded: str) -> None:
    assert sorted(outcomes_at_once(server, DELETE, path=uploaded)) == ["VIDEO_NOT_FOUND"] * 5 + ["done"]


def test_an_upload_that_a_session_uses_is_deleted_only_after_the_session_is_closed(
    server: Server, uploaded: str
) -> None:
    session = ClientSession.start(server, uploaded)
    with pytest.raises(GraphQLFailure, match=f"{uploaded} is used by 1 session; close it first") as refused:
        server.query(DELETE, path=uploaded)
    assert uploaded in paths(server)
    session.close()

    server.query(DELETE, path=uploaded)

    assert refused.value.code == "CAPACITY_EXCEEDED"
    assert uploaded not in paths(server)


@pytest.mark.parametrize("path", ["videos/discs.mp4", "sample/sample.mp4", "uploads/../discs.mp4", "uploads/", "\0"])
def test_only_uploads_are_deleted(server: Server, path: str) -> None:
    before = paths(server)

    assert server.code(DELETE, path=path) == "VIDEO_NOT_FOUND"
    assert paths(server) == before


def test_uploads_older_than_the_setting_are_deleted_unless_a_session_uses_them(
    model: LoadedModel, videos: Path, tmp_path: Path
) -> None:
    content = (videos / "discs.mp4").read_bytes()
    with running(Settings(data_dir=tmp_path), model) as server:
        old, used, new = (upload(server, content)["path"] for _ in range(3))
        ClientSession.start(server, used)
        two_days_ago = time.time() - 2 * 86400
        for path in (old, used):
            os.utime(tmp_path / path, (two_days_ago, two_days_ago))

    with running(Settings(data_dir=tmp_path, upload_days=1), model) as server:
        wait_until(lambda: old not in paths(server))
        left = paths(server)[1:]

    assert sorted(left) == sorted([used, new])
