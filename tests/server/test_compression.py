"""Compression of responses."""

import gzip
import json

import pytest

from sam2_lit.server.middleware.compression import accepts_gzip
from tests.running import Server

INTROSPECTION = {"query": "{ __schema { types { name description } } }"}


def test_a_long_response_is_compressed_for_clients_that_accept_it(server: Server) -> None:
    plain, compressed = (
        server.http.post("/graphql", json=INTROSPECTION, headers={"Accept-Encoding": coding})
        for coding in ("identity", "gzip")
    )

    assert compressed.json() == plain.json()
    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(compressed.headers["content-length"]) < len(plain.content) / 2
    for answer in (plain, compressed):
        assert answer.headers["vary"].replace(" ", "").split(",") == ["Accept", "Accept-Encoding"]


def test_head_has_the_length_of_the_compressed_response(server: Server) -> None:
    head, get = (server.http.request(method, "/graphql", params=INTROSPECTION) for method in ("HEAD", "GET"))

    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["content-encoding"] == get.headers["content-encoding"] == "gzip"


def test_a_short_response_is_not_compressed(server: Server) -> None:
    answer = server.http.post("/graphql", json={"query": "{ model { name } }"}, headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0"])
def test_streams_are_not_compressed(server: Server, accept: str) -> None:
    refused = "subscription { " + "unknown " * 200 + "}"

    headers = {"Accept": accept, "Accept-Encoding": "gzip"}
    answer = server.http.post("/graphql", json={"query": refused}, headers=headers)

    assert len(answer.content) > 1024
    assert "content-encoding" not in answer.headers


def test_a_response_too_long_for_the_event_loop_is_compressed_as_well(server: Server) -> None:
    mutation = '__type(name: "Mutation") { fields { name description } }'
    query = " ".join(f"a{index}: {mutation}" for index in range(50))

    with server.http.stream(
        "POST", "/graphql", json={"query": "{" + query + "}"}, headers={"Accept-Encoding": "gzip"}
    ) as answer:
        body = gzip.decompress(b"".join(answer.iter_raw()))

    assert len(body) > 64 * 1024
    assert len(json.loads(body)["data"]) == 50


@pytest.mark.parametrize(
    ("accept_encoding", "accepted"),
    [
        ("gzip", True),
        ("GZIP;q=0.5, br", True),
        ("br, x-gzip", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("identity;q=1, gzip;q=0.001", True),
    ],
)
def test_accept_encoding_is_read_with_its_qualities(accept_encoding: str, accepted: bool) -> None:
    assert accepts_gzip(accept_encoding) is accepted
