"""A server in this process, on a real socket, and a client for it."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from sam2_lit.engine.engine import Engine
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.server.app import create_app
from sam2_lit.server.http_server import http_server
from sam2_lit.settings import Settings
from sam2_lit.store.store import Store


class GraphQLFailure(Exception):
    """The first error of a GraphQL response."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.message: str = error["message"]
        self.extensions: dict[str, Any] = error.get("extensions", {})

    @property
    def code(self) -> str | None:
        return self.extensions.get("code")


@dataclass(frozen=True)
class Client:
    """A client of the server at `url`."""

    url: str
    http: httpx.Client

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/graphql"

    def query(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation. Raises GraphQLFailure for its first error."""
        answer = self.http.post("/graphql", json={"query": query, "variables": variables}).json()
        if errors := answer.get("errors"):
            raise GraphQLFailure(errors[0])
        data: dict[str, Any] = answer["data"]
        return data

    def code(self, query: str, **variables: Any) -> str | None:
        """The error code of an operation that must fail."""
        try:
            answer = self.query(query, **variables)
        except GraphQLFailure as failure:
            return failure.code
        raise AssertionError(f"the operation succeeded: {answer}")


def outcomes_at_once(client: Client, query: str, clients: int = 6, **variables: Any) -> list[str | None]:
    """Of an operation that `clients` send at once: the error code of each, or "done"."""

    def outcome(_: int) -> str | None:
        try:
            client.query(query, **variables)
        except GraphQLFailure as failure:
            return failure.code
        return "done"

    with ThreadPoolExecutor(clients) as threads:
        return list(threads.map(outcome, range(clients)))


@dataclass(frozen=True)
class Server(Client):
    """A client of a server in this process, with its engine, for what clients cannot see, and its event loop."""

    engine: Engine
    loop: asyncio.AbstractEventLoop


@contextmanager
def running(settings: Settings, model: LoadedModel, *, learns_on: bool = False) -> Iterator[Server]:
    """Runs a server in its own thread until the block ends.

    Unless it `learns_on`, trainings end with their answer: a later query finds the same adapter.
    """
    app = create_app(
        settings if learns_on else replace(settings, learn_on=0), model, Store(settings.data_dir, settings.database_url)
    )
    server = http_server(app, replace(settings, port=0))
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
            assert thread.is_alive(), "the server did not start"
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=url, timeout=120) as http:
            yield Server(url, http, app.state.engine, loops[0])
    finally:
        server.should_exit = True
        thread.join()
