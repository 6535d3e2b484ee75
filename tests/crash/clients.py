"""Clients that make random calls to a server until it is killed."""

import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.client_session import MASKS, PROPAGATE, ClientSession
from tests.clips import FRAMES, Clip
from tests.crash.facts import Acknowledged, Fact, facts_of, no_fact
from tests.running import Client, GraphQLFailure

OBJECTS = (1, 2)
# The error codes that the calls below may return; any other fails the test.
REFUSALS = {"FEATURES_NOT_CAPTURED", "NO_PROMPTS", "LORA_NOT_TRAINED", "OBJECT_NOT_FOUND", "INVALID_MASK"}


class RandomClient(threading.Thread):
    """Makes one call after another until the server is gone. `failure` is an error that must not happen."""

    def __init__(self, server: Client, chance: random.Random, counts: Counter[str]) -> None:
        super().__init__()
        self.server = server
        self.chance = chance
        self.counts = counts
        self.in_flight: str | None = None
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while True:
                self.work()
        except httpx.TransportError:
            pass
        except BaseException as error:
            self.failure = error

    def work(self) -> None:
        raise NotImplementedError


class Annotator(RandomClient):
    """Prompts, corrects, trains, names and clears in one session."""

    def __init__(
        self,
        server: Client,
        chance: random.Random,
        counts: Counter[str],
        session_id: str,
        acknowledged: Acknowledged,
        clip: Clip,
    ) -> None:
        super().__init__(server, chance, counts)
        self.session = ClientSession(server, session_id)
        self.acknowledged = acknowledged
        self.clip = clip

    def work(self) -> None:
        names = ("points", "mask", "correct", "train", "name", "clear", "mode", "track")
        name = self.chance.choices(names, (3, 3, 6, 2, 1, 2, 1, 2))[0]
        call, self.acknowledged.may_touch = getattr(self, f"do_{name}")(
            self.chance.choice(OBJECTS), self.chance.randrange(FRAMES // 2)
        )
        self.in_flight = name
        try:
            call()
        except GraphQLFailure as failure:
            assert failure.code in REFUSALS, f"{name}: {failure.code}: {failure}"
            self.counts[f"{name} refused"] += 1
        else:
            self.counts[name] += 1
        # Read before the next call begins: the state that is read counts as acknowledged.
        found = facts_of(self.session)
        self.in_flight = None
        broken = self.acknowledged.broken_by(found)
        assert not broken, broken
        self.acknowledged.facts, self.acknowledged.may_touch = found, no_fact

    def do_points(self, object_id: int, frame: int) -> Any:
        point = self.clip.center(object_id, frame)
        return lambda: self.session.add_points(object_id, frame, point), self._touches(object_id, frame)

    def do_mask(self, object_id: int, frame: int) -> Any:
        rle = self.clip.rle(object_id, frame)
        return lambda: self.session.add_mask(object_id, frame, rle), self._touches(object_id, frame)

    def do_correct(self, object_id: int, frame: int) -> Any:
        rle = self.clip.rle(object_id, frame)
        return lambda: self.session.correct(object_id, frame, rleMask=rle), self._touches(object_id, frame, tracks=True)

    def do_train(self, object_id: int, frame: int) -> Any:
        return lambda: self.session.train(object_id, frame), self._touches(object_id, frame, tracks=True)

    def do_track(self, object_id: int, frame: int) -> Any:
        return lambda: self.session.propagate_to(frame), is_mask

    def do_name(self, object_id: int, frame: int) -> Any:
        given = {"sessionId": self.session.session_id, "objectId": object_id, "name": f"object {frame}"}
        query = "mutation ($i: NameObjectInput!) { nameObject(input: $i) { name } }"
        return lambda: self.server.query(query, i=given), lambda fact: fact == ("object", object_id)

    def do_clear(self, object_id: int, frame: int) -> Any:
        given = {"objectId": object_id, "frameIndex": frame}
        return (
            lambda: self.session.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, **given),
            self._touches(object_id, frame, tracks=True),
        )

    def do_mode(self, object_id: int, frame: int) -> Any:
        mode = self.chance.choice(("OFF", "SUGGEST", "AUTO"))
        return (
            lambda: self.session.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode=mode),
            lambda fact: fact == ("mode",),
        )

    def _touches(self, object_id: int, frame: int, tracks: bool = False) -> Callable[[Fact], bool]:
        known = sum(fact[0] == "interaction" for fact in self.acknowledged.facts)

        def may_touch(fact: Fact) -> bool:
            return (
                fact in (("mask", frame, object_id), ("object", object_id))
                # After a restart, recovering memory tracks stale frames again; drawn masks stay.
                or (is_mask(fact) and self.acknowledged.facts.get(fact, {}).get("source") != "PROMPT")
                or (fact[0] == "interaction" and fact[1] >= known)
                or (tracks and (is_mask(fact) or fact[0] == "adapter"))
            )

        return may_touch


class Propagator(RandomClient):
    """Runs one propagation after another in a session; each frame that it receives counts as acknowledged."""

    def __init__(
        self, server: Client, chance: random.Random, counts: Counter[str], session_id: str, acknowledged: Acknowledged
    ) -> None:
        super().__init__(server, chance, counts)
        self.session = ClientSession(server, session_id)
        self.acknowledged = acknowledged

    def work(self) -> None:
        self.acknowledged.may_touch = is_mask
        self.in_flight = "propagate"
        given = {"sessionId": self.session.session_id, "startFrameIndex": self.chance.randrange(FRAMES)}
        answer = self.server.http.stream(
            "POST",
            "/graphql",
            json={"query": PROPAGATE, "variables": {"input": given}},
            headers={"Accept": "text/event-stream"},
        )
        with answer as events:
            for line in events.iter_lines():
                if line.startswith("data:") and (content := line.removeprefix("data:").strip()):
                    self._take(json.loads(content))
        self.counts["propagate"] += 1

    def _take(self, event: dict[str, Any]) -> None:
        assert "errors" not in event, event
        frame = event["data"]["propagateInVideo"]
        self.counts["frames"] += 1
        for mask in frame["rleMaskList"]:
            self.acknowledged.facts["mask", frame["frameIndex"], mask["objectId"]] = mask


class Uploader(RandomClient):
    """Uploads one video after another; `uploads` are the acknowledged paths and their hashes."""

    def __init__(
        self, server: Client, chance: random.Random, counts: Counter[str], content: bytes, uploads: dict[str, str]
    ) -> None:
        super().__init__(server, chance, counts)
        self.content = content
        self.uploads = uploads

    def work(self) -> None:
        self.in_flight = "upload"
        query = "mutation ($file: Upload!) { uploadVideo(file: $file) { path } }"
        answer = self.server.http.post(
            "/graphql",
            data={
                "operations": json.dumps({"query": query, "variables": {"file": None}}),
                "map": json.dumps({"0": ["variables.file"]}),
            },
            files={"0": ("clip.mp4", self.content, "video/mp4")},
        ).json()
        self.uploads[answer["data"]["uploadVideo"]["path"]] = hashlib.sha256(self.content).hexdigest()
        self.counts["upload"] += 1
        self.in_flight = None
        threading.Event().wait(self.chance.uniform(0.2, 0.6))


class Exporter(RandomClient):
    """Exports one session's masks again and again; `exports` are the acknowledged paths and their hashes."""

    def __init__(
        self, server: Client, chance: random.Random, counts: Counter[str], session_id: str, exports: dict[str, str]
    ) -> None:
        super().__init__(server, chance, counts)
        self.session = ClientSession(server, session_id)
        self.exports = exports

    def work(self) -> None:
        self.in_flight = "export"
        format = self.chance.choice(("COCO", "DAVIS", "YOUTUBE_VOS"))
        export = self.session.mutate("exportAnnotations", "ExportAnnotationsInput", "url", format=format)
        path = urlsplit(export["url"]).path
        self.exports[path] = hashlib.sha256(self.server.http.get(path).content).hexdigest()
        self.counts["export"] += 1
        self.in_flight = None
        threading.Event().wait(self.chance.uniform(0.2, 0.6))


def is_mask(fact: Fact) -> bool:
    return bool(fact[0] == "mask")
