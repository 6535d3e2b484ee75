"""A client's subscription to a propagation, on a socket of its own."""

import json
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.client_session import MASKS
from tests.interleaving.model import SessionModel, out_of_order

PROPAGATE = f"""
subscription ($input: PropagateInVideoInput!) {{
  propagateInVideo(input: $input) {{ {MASKS} completed total revision propagationId sequence }}
}}"""
WAIT = 60


class Stream:
    """A propagation of one session, over several connections where it is resumed.

    - wanted: the frames that it is to send, in order.
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
        self._arguments = arguments
        self._connect(url, {})

    def resume(self, url: str) -> None:
        """Continues after the last frame that was received."""
        self.end = None
        event = {"fromSequence": len(self.events), "propagationId": self.events[0]["propagationId"]}
        self._connect(url, event)

    def _connect(self, url: str, event: dict[str, Any]) -> None:
        self._connection: ClientConnection = connect(
            url,
            subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
            max_size=None,
        )
        self._send(type="connection_init")
        self._connection.recv(WAIT)
        variables = {"input": {**self._arguments, **event}}
        self._send(type="subscribe", id="1", payload={"query": PROPAGATE, "variables": variables})

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

    def check(self, model: SessionModel, allowed: frozenset[str]) -> None:
        """Compares what was received up to the end with what was wanted and with the session's model.

        `allowed` are ends that are right in addition to "complete".
        """
        wrong = out_of_order(self.wanted, self.events)
        assert wrong is None, wrong
        frames = {event["frameIndex"] for event in self.events}
        if not self.may_end_early:
            assert (self.end, frames) == ("complete", set(self.wanted))
        assert self.end in {"complete", *allowed} or (not model.is_open and self.end == "SESSION_NOT_FOUND")
        if not self.is_disturbed:
            self._compare(model)

    def _compare(self, model: SessionModel) -> None:
        """The masks of a propagation during which nothing changed are those that the session has then."""
        for event in self.events:
            frame = event["frameIndex"]
            for each in event["rleMaskList"]:
                known, counts = model.objects[each["objectId"]], each["rleMask"]["counts"]
                if frame not in known.prompted:
                    known.tracked[frame] = counts
                elif known.prompted[frame] is not None:
                    assert counts == known.prompted[frame], f"the mask of prompted frame {frame} has changed"

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
