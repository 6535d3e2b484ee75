"""A client's subscription to a propagation, on a socket of its own."""

import json
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.client_session import PROPAGATE

WAIT = 60


class Stream:
    """A propagation of one session. `wanted` are the frames that it is to send, in order.

    - end: "complete", an error code, or "lost" where the server has gone; None while it runs.
    - may_end_early: something may have ended it: a cancellation, the removal of the last prompt, the session's end.
    - is_disturbed: a call may have changed the session since it began.
    """

    def __init__(self, url: str, wanted: list[int], arguments: dict[str, Any]) -> None:
        self.wanted = wanted
        self.events: list[dict[str, Any]] = []
        self.end: str | None = None
        self.may_end_early = False
        self.is_disturbed = False
        self._connection: ClientConnection = connect(
            url,
            subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
            max_size=None,
        )
        self._send(type="connection_init")
        self._connection.recv(WAIT)
        self._send(type="subscribe", id="1", payload={"query": PROPAGATE, "variables": {"input": arguments}})

    def read(self) -> None:
        """Receives one frame or the end."""
        try:
            message = json.loads(self._connection.recv(WAIT))
        except ConnectionClosed:
            self.end = "lost"
            return
        payload = message.get("payload")
        match message["type"]:
            case "next" if payload.get("errors"):
                self.end = payload["errors"][0]["extensions"]["code"]
            case "next":
                self.events.append(payload["data"]["propagateInVideo"])
            case "error":
                self.end = payload[0]["extensions"]["code"]
            case "complete":
                self.end = "complete"

    def drain(self) -> None:
        """Receives everything up to the end."""
        while self.end is None:
            self.read()
        self._connection.close()

    def leave(self, *, politely: bool) -> None:
        """Ends the subscription, or only disconnects."""
        try:
            if politely:
                self._send(type="complete", id="1")
        except ConnectionClosed:
            pass
        self._connection.close()

    def _send(self, **message: Any) -> None:
        self._connection.send(json.dumps(message))
