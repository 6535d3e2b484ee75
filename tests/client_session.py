"""A client's session, with a method for each operation of the schema that tests use."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport

from sam2_lit.engine.sessions.pooled_session import PooledSession
from sam2_lit.engine.sessions.session_state import SessionState
from tests.running import Client as ServerClient
from tests.running import GraphQLFailure, Server

MASKS = "frameIndex rleMaskList { objectId rleMask { size counts order } predictedIou objectScore source }"
RANGE = "{ first last }"
CHANGED_FRAMES = f"objectId changed {RANGE} clearedPrompts kept {RANGE}"
ADAPTER = "adapterId objectId rank frameIndices baselineIou trainingIou steps seconds createdAt"
CANDIDATE = "adapterId objectId frameIndex rleMask { size counts } predictedIou objectScore agreement"
PROPAGATE = f"""
subscription ($input: PropagateInVideoInput!) {{
  propagateInVideo(input: $input) {{ {MASKS} completed total revision suggestions {{ {CANDIDATE} }} }}
}}"""
LORA_TRAINING = f"""
subscription ($sessionId: String!) {{
  loraTraining(sessionId: $sessionId) {{ objectId frameIndex step steps loss iou background adapter {{ {ADAPTER} }} }}
}}"""


@dataclass(frozen=True)
class ClientSession:
    """A session on a server. Its methods return the data that the server sends."""

    server: ServerClient
    session_id: str

    @classmethod
    def start(cls, server: ServerClient, path: str) -> "ClientSession":
        query = "mutation ($path: String!) { startSession(input: {path: $path}) { sessionId } }"
        return cls(server, server.query(query, path=path)["startSession"]["sessionId"])

    @property
    def state(self) -> SessionState:
        """The session's state in the server, for what clients cannot see."""
        return self._pooled.state

    @property
    def learns_on(self) -> bool:
        """Whether a training of the session continues after its answer."""
        return bool(self._pooled.learning)

    def finish_learning(self) -> None:
        """Waits until no training continues."""
        finishing = self._server.engine.finish_learning(self.session_id)
        asyncio.run_coroutine_threadsafe(finishing, self._server.loop).result()

    @property
    def streams(self) -> int:
        return len(self._pooled.streams)

    @property
    def _server(self) -> Server:
        assert isinstance(self.server, Server)
        return self.server

    @property
    def _pooled(self) -> PooledSession:
        pooled = self._server.engine.pool.get(self.session_id)
        assert pooled is not None
        return pooled

    @contextmanager
    def held_stream(self) -> Iterator[None]:
        """Keeps a propagation running that has sent its first frame and waits to send the second."""
        frames = self._server.engine.propagate(self.session_id)
        asyncio.run_coroutine_threadsafe(anext(frames), self._server.loop).result()  # type: ignore[arg-type]
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(frames.aclose(), self._server.loop).result()

    def close(self) -> None:
        try:
            self.mutate("closeSession", "CloseSessionInput", "success")
        except GraphQLFailure as failure:
            assert failure.code == "SESSION_NOT_FOUND"

    def mutate(self, name: str, input_type: str, fields: str, /, **arguments: Any) -> Any:
        selection = f"{{ {fields} }}" if fields else ""
        query = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {selection} }}"
        return self.server.query(query, input={"sessionId": self.session_id, **arguments})[name]

    def add_points(
        self,
        object_id: int,
        frame_index: int,
        *points: list[float],
        labels: list[int] | None = None,
        clear: bool = True,
    ) -> Any:
        return self.mutate(
            "addPoints",
            "AddPointsInput",
            MASKS,
            objectId=object_id,
            frameIndex=frame_index,
            points=points,
            labels=labels or [1] * len(points),
            clearOldPoints=clear,
        )

    def add_mask(self, object_id: int, frame_index: int, rle: dict[str, object]) -> Any:
        return self.mutate("addMask", "AddMaskInput", MASKS, objectId=object_id, frameIndex=frame_index, rleMask=rle)

    def correct(self, object_id: int, frame_index: int, **prompt: Any) -> Any:
        return self.mutate(
            "addCorrection",
            "AddCorrectionInput",
            f"frame {{ {MASKS} }} adapter {{ {ADAPTER} }} skipped",
            objectId=object_id,
            frameIndex=frame_index,
            **prompt,
        )

    def train(self, object_id: int, frame_index: int, **rle: Any) -> Any:
        return self.mutate("trainLora", "TrainLoraInput", ADAPTER, objectId=object_id, frameIndex=frame_index, **rle)

    def mark_absent(self, object_id: int, first: int, last: int | None = None) -> Any:
        return self.mutate(
            "markAbsent",
            "MarkAbsentInput",
            CHANGED_FRAMES,
            objectId=object_id,
            first=first,
            last=last,
        )

    def remove_masks(self, object_ids: list[int], first: int, last: int | None = None) -> Any:
        return self.mutate(
            "removeMasks",
            "RemoveMasksInput",
            CHANGED_FRAMES,
            objectIds=object_ids,
            first=first,
            last=last,
        )

    def confirm(self, object_ids: list[int], *ranges: tuple[int, int]) -> Any:
        return self._confirm("confirmFrames", "ConfirmFramesInput", object_ids, ranges)

    def unconfirm(self, object_ids: list[int], *ranges: tuple[int, int]) -> Any:
        return self._confirm("unconfirmFrames", "UnconfirmFramesInput", object_ids, ranges)

    def _confirm(self, name: str, input_type: str, object_ids: list[int], ranges: tuple[tuple[int, int], ...]) -> Any:
        named = [{"first": first, "last": last} for first, last in ranges]
        return self.mutate(name, input_type, "objectId", objectIds=object_ids, ranges=named)

    def frame_spans(self) -> Any:
        """Where each object is absent, and which of its masks are confirmed or stale."""
        query = f"""query ($s: String!) {{ session(sessionId: $s) {{
            objects {{ objectId absentRanges {RANGE} confirmedRanges {RANGE} staleRanges {RANGE} }} }} }}"""
        return self.server.query(query, s=self.session_id)["session"]["objects"]

    def clear_frame(self, object_id: int, frame_index: int) -> Any:
        return self.mutate(
            "clearPointsInFrame", "ClearPointsInFrameInput", MASKS, objectId=object_id, frameIndex=frame_index
        )

    def propagate_to(self, frame_index: int) -> Any:
        return self.mutate("propagateToFrame", "PropagateToFrameInput", MASKS, frameIndex=frame_index)

    def candidates(self, object_id: int, frame_index: int) -> Any:
        query = f"""query ($s: String!, $o: Int!, $f: Int!) {{
            loraCandidates(sessionId: $s, objectId: $o, frameIndex: $f) {{ {CANDIDATE} }} }}"""
        return self.server.query(query, s=self.session_id, o=object_id, f=frame_index)["loraCandidates"]

    def info(self) -> Any:
        query = """query ($s: String!) { session(sessionId: $s) {
            sessionId loraMode trackedFrameCount createdAt video { path frameCount }
            objects { objectId name promptedFrames adapters { adapterId frameIndices } } } }"""
        return self.server.query(query, s=self.session_id)["session"]

    def adapters(self) -> list[dict[str, Any]]:
        """All adapters of all objects."""
        query = f"query ($s: String!) {{ session(sessionId: $s) {{ objects {{ adapters {{ {ADAPTER} }} }} }} }}"
        objects = self.server.query(query, s=self.session_id)["session"]["objects"]
        return [adapter for each in objects for adapter in each["adapters"]]

    def interactions(self) -> Any:
        query = """query ($s: String!) { session(sessionId: $s) { interactions {
            at kind objectId frameIndex clicks points labels box rleMask { size counts }
            adapterId baselineIou trainingIou steps seconds skipped } } }"""
        return self.server.query(query, s=self.session_id)["session"]["interactions"]

    def masks(self, first: int = 0, last: int | None = None) -> Any:
        query = f"""query ($s: String!, $first: Int!, $last: Int) {{
            session(sessionId: $s) {{ masks(startFrameIndex: $first, endFrameIndex: $last) {{ {MASKS} }} }} }}"""
        return self.server.query(query, s=self.session_id, first=first, last=last)["session"]["masks"]

    def propagate(self, **arguments: Any) -> list[dict[str, Any]]:
        """All events of a propagation over a WebSocket."""

        async def collect() -> list[dict[str, Any]]:
            async with Client(transport=WebsocketsTransport(url=self.server.ws_url)) as session:
                query = gql(PROPAGATE)
                query.variable_values = {"input": {"sessionId": self.session_id, **arguments}}
                return [event["propagateInVideo"] async for event in session.subscribe(query)]

        return asyncio.run(collect())


def rle_of(frame: dict[str, Any], object_id: int) -> dict[str, Any]:
    """One object's mask in a frame's list."""
    return next(mask["rleMask"] for mask in frame["rleMaskList"] if mask["objectId"] == object_id)
