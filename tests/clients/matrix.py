"""The GraphQL clients that are tested. `python -m tests.clients.matrix` prints the table of docs/clients.md."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

OPERATIONS = ("query", "mutation", "upload", "subscription", "error", "cancel")
"""What each client does: reads data, changes something, sends a file, follows a stream to its end, reads the code of an
error, and ends a stream early, after which it goes on."""


@dataclass(frozen=True)
class ClientLibrary:
    """A client, with the transport of its subscriptions.

    Attributes:
        name: as `clients` of the same module are listed.
        package: on npm, or on PyPI where `module` is None.
        module: the file of tests/clients that runs it, without `.mjs`.
        subscriptions: the transport of its subscriptions.
        uploads: whether it can send files.
    """

    name: str
    package: str
    module: str | None
    subscriptions: str
    uploads: bool = True

    @property
    def operations(self) -> list[str]:
        return [each for each in OPERATIONS if each != "upload" or self.uploads]


WEBSOCKET, EVENTS, MULTIPART = "WebSocket", "server-sent events", "multipart"

CLIENTS = (
    ClientLibrary("Apollo Client, HTTP", "@apollo/client", "apollo", MULTIPART),
    ClientLibrary("Apollo Client, WebSocket", "@apollo/client", "apollo", WEBSOCKET, uploads=False),
    ClientLibrary("Apollo Client, persisted queries", "@apollo/client", "apollo", MULTIPART, uploads=False),
    ClientLibrary("urql, fetch", "@urql/core", "urql", EVENTS),
    ClientLibrary("urql, WebSocket", "@urql/core", "urql", WEBSOCKET),
    ClientLibrary("Relay", "relay-runtime", "relay", WEBSOCKET),
    ClientLibrary("@graphql-tools/executor-http", "@graphql-tools/executor-http", "executor", EVENTS),
    ClientLibrary("graphql-ws", "graphql-ws", "streams", WEBSOCKET, uploads=False),
    ClientLibrary("graphql-sse", "graphql-sse", "streams", EVENTS, uploads=False),
    ClientLibrary("graphql-sse, single connection", "graphql-sse", "streams", EVENTS, uploads=False),
    ClientLibrary("gql", "gql", None, WEBSOCKET),
)


def table() -> Iterator[str]:
    """The lines of the table."""
    pinned = json.loads((Path(__file__).with_name("package.json")).read_text())["dependencies"]
    yield f"| client | version | subscriptions by | {' | '.join(OPERATIONS)} |"
    yield f"| --- | --- | --- |{' --- |' * len(OPERATIONS)}"
    for client in CLIENTS:
        release = pinned[client.package] if client.module else version(client.package)
        cells = ["yes" if each in client.operations else "" for each in OPERATIONS]
        yield f"| {client.name} | {release} | {client.subscriptions} | {' | '.join(cells)} |"


if __name__ == "__main__":
    print("\n".join(table()))
