"""The stateful Hypothesis test of two clients that work on two sessions at once."""

from collections.abc import Callable
from functools import partial

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.client_session import ClientSession
from tests.interleaving import changing, prompting
from tests.interleaving.calls import LOST, Call
from tests.interleaving.drawing import FRAME, calls_on
from tests.interleaving.model import SessionModel, visits
from tests.interleaving.orders import explain
from tests.interleaving.streams import Stream
from tests.interleaving.world import FRAMES, MAX_PROPAGATIONS, World, at_once

SLOTS = st.integers(0, 1)
CLIENTS = st.integers(0, 1)


class Interleavings(RuleBasedStateMachine):
    """Calls, streams, cancellations, restarts and evictions, in any order and at once, against `SessionModel`.

    Streams continue while later rules run. Slot 0 is a session on a video of the served folder, slot 1 one on an
    upload.
    """

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.paths = ["videos/discs.mp4", self.world.upload()]
        self.sessions = ["", ""]
        self.models = [SessionModel(is_open=False), SessionModel(is_open=False)]
        self.streams: list[list[Stream]] = [[], []]
        # Those whose client has left, and how many streams had ended or been left then.
        self.left: list[tuple[int, int, Stream]] = []
        self.ended = 0
        for slot in (0, 1):
            self._open(slot)

    # Calls

    @rule(data=st.data(), slot=SLOTS, client=CLIENTS)
    def one_call(self, data: st.DataObject, slot: int, client: int) -> None:
        self._send([(client, self._draw(data, slot))])

    @rule(data=st.data(), slots=st.lists(SLOTS, min_size=2, max_size=3))
    def calls_at_once(self, data: st.DataObject, slots: list[int]) -> None:
        self._send([(number % 2, self._draw(data, slot)) for number, slot in enumerate(slots)])

    @rule(data=st.data(), slots=st.lists(SLOTS, min_size=1, max_size=2))
    def calls_during_a_restart(self, data: st.DataObject, slots: list[int]) -> None:
        self._send([(number % 2, self._draw(data, slot)) for number, slot in enumerate(slots)], restarts=True)

    @rule(slot=SLOTS)
    def cancel(self, slot: int) -> None:
        """A cancellation stops tracking within a frame, and says truthfully whether there was any."""
        call = changing.Cancel(slot)
        before = self.world.frames_tracked(self.sessions[slot])
        was_streaming = bool(self.streams[slot])
        self._send([(0, call)])
        assert was_streaming or call.code or not call.answer, "a cancellation of nothing says that it ended something"
        at_once_after = self.world.frames_tracked(self.sessions[slot])
        if call.answer and before is not None and at_once_after is not None:
            self._drain(slot)
            later = self.world.frames_tracked(self.sessions[slot])
            assert later is None or later <= at_once_after + 1, f"{later - at_once_after} frames after a cancellation"

    # Streams

    @precondition(lambda self: any(len(each) < 2 for each in self.streams))
    @rule(
        slot=SLOTS,
        start=FRAME,
        direction=st.sampled_from(["FORWARD", "BACKWARD", "BOTH"]),
        max_frames=st.one_of(st.none(), st.integers(0, 3)),
    )
    def stream(self, slot: int, start: int, direction: str, max_frames: int | None) -> None:
        """Begins a propagation and receives its first frame."""
        if len(self.streams[slot]) >= 2 or not self.models[slot].is_open:
            return
        model, others = self.models[slot], sum(map(len, self.streams))
        arguments = {"startFrameIndex": start, "direction": direction, "maxFrames": max_frames}
        wanted = visits(FRAMES, start, direction, max_frames)
        url = self.world.server.ws_url
        stream = Stream(url, wanted, {"sessionId": self.sessions[slot], **arguments})
        stream.read()
        if not model.is_prompted:
            assert stream.end == "NO_PROMPTS", stream.end
        elif stream.end == "CAPACITY_EXCEEDED":
            self.ended += 1
            assert others >= MAX_PROPAGATIONS
        else:
            assert stream.events, stream.end
            model.track()
            self.streams[slot].append(stream)
            if len(self.streams[slot]) > 1:
                self._disturb(slot)

    @precondition(lambda self: any(self.streams))
    @rule(slot=SLOTS)
    def drain(self, slot: int) -> None:
        """Receives all frames of a session's propagations."""
        self._drain(slot)

    @precondition(lambda self: any(self.streams))
    @rule(slot=SLOTS, politely=st.booleans())
    def leave(self, slot: int, politely: bool) -> None:
        """Ends a session's subscriptions, or only disconnects."""
        for stream in self.streams[slot]:
            stream.leave(politely=politely)
            self.ended += 1
            if stream.end is None:
                self.left.append((slot, self.ended, stream))
        self.streams[slot] = []
        self._settle()

    @precondition(lambda self: self.left)
    @rule()
    def resume(self) -> None:
        """Continues the propagation that was left last, and receives its next frame or its end."""
        slot, ended, stream = self.left.pop()
        if len(self.streams[slot]) >= 2 or not self.models[slot].is_open:
            return
        others = sum(map(len, self.streams))
        stream.resume(self.world.server.ws_url)
        stream.read()
        self.world.counts[f"resume {stream.end or 'done'}"] += 1
        if stream.end == "CAPACITY_EXCEEDED":
            self.ended += 1
            assert others >= MAX_PROPAGATIONS
        elif stream.end == "SEQUENCE_NOT_FOUND":
            # The server keeps the latest that ended or were left; open ones may have ended there.
            assert self.ended - ended + others >= MAX_PROPAGATIONS, "a propagation cannot be resumed"
        else:
            self.models[slot].track()
            self.streams[slot].append(stream)
            self._disturb(slot)

    # The server

    @rule()
    def restart(self) -> None:
        self._end_streams_with(self.world.restart)

    @rule()
    def evict(self) -> None:
        code = self.world.evict()
        assert code is None or (code == "CAPACITY_EXCEEDED" and all(self.streams)), code

    @precondition(lambda self: not all(each.is_open for each in self.models))
    @rule()
    def start(self) -> None:
        for slot, model in enumerate(self.models):
            if not model.is_open:
                self._open(slot)

    @precondition(lambda self: not self.models[1].is_open)
    @rule()
    def delete_upload(self) -> None:
        assert self.world.delete_upload(self.paths[1]) is None
        self.paths[1] = self.world.upload()

    # What always holds

    @invariant()
    def sessions_are_as_the_model_says(self) -> None:
        for slot, model in enumerate(self.models):
            found = self.world.found(self.sessions[slot])
            assert (found is not None) == model.is_open
            if found is not None:
                wrong = model.differences(found, is_tracking=bool(self.streams[slot]))
                assert not wrong, wrong

    @invariant()
    def the_upload_of_an_open_session_cannot_be_deleted(self) -> None:
        if self.models[1].is_open:
            assert self.world.delete_upload(self.paths[1]) == "CAPACITY_EXCEEDED"

    @invariant()
    def counts_are_as_the_model_says(self) -> None:
        counts = self.world.server.engine.counts()
        assert counts.sessions_stored == 1 + sum(each.is_open for each in self.models)
        assert counts.sessions_in_memory <= 2
        assert counts.propagations <= sum(map(len, self.streams))

    @invariant()
    def nothing_is_logged_as_an_error(self) -> None:
        assert not self.world.errors.lines, self.world.errors.lines

    def teardown(self) -> None:
        for slot, model in enumerate(self.models):
            self.leave(slot, politely=True)
            if model.is_open:
                ClientSession(self.world.server, self.sessions[slot]).close()
        self.world.errors.lines.clear()

    # Within

    def _open(self, slot: int) -> None:
        self.sessions[slot] = ClientSession.start(self.world.server, self.paths[slot]).session_id
        self.models[slot] = SessionModel()
        self.left = [each for each in self.left if each[0] != slot]
        prompt = {"rleMask": self.world.clip.rle(1, 0)}
        self._send([(0, prompting.Prompt(slot, 1, 0, prompt))])

    def _draw(self, data: st.DataObject, slot: int) -> Call:
        call = data.draw(calls_on(slot, self.world.clip))
        if isinstance(call, prompting.Apply):
            known = self.models[slot].objects.get(call.object_id)
            call.adapter_id = min(known.adapters, default="none") if known else "none"
        return call

    def _send(self, sent: list[tuple[int, Call]], *, restarts: bool = False) -> None:
        """Sends calls at once, and finds what they did to the model."""
        group = [call for _, call in sent]
        clients = [ClientSession(self.world.clients[client], self.sessions[call.slot]) for client, call in sent]

        def send(call: Call, session: ClientSession) -> None:
            try:
                call.send(session)
            except httpx.TransportError:
                call.code = LOST
            if restarts and call.code == "CAPACITY_EXCEEDED":
                # The server was shutting down.
                call.code = LOST

        sending = [partial(send, call, session) for call, session in zip(group, clients, strict=True)]
        if restarts:
            self._end_streams_with(lambda: at_once([*sending, self.world.restart]))
        else:
            at_once(sending)
        for call in group:
            self.world.counts[f"{type(call).__name__} {call.code or 'done'}"] += 1
            if call.changes:
                self._disturb(call.slot)
        found = [self.world.found(each) for each in self.sessions]
        streaming = [bool(each) for each in self.streams]
        self.models, wrong = explain(self.models, group, self._allowed(group), found, streaming)
        assert not wrong, (group, wrong)
        for slot, streams in enumerate(self.streams):
            own = [call for call in group if call.slot == slot]
            ended = any((each.removes and each.code is None) or each.answer is True for each in own)
            cancelled = any(isinstance(each, changing.Cancel) for each in own)
            for stream in streams:
                stream.may_end_early |= ended
            for where, _, stream in self.left:
                stream.may_end_early |= where == slot and (ended or cancelled)
            if streams:
                self.models[slot].track()

    def _allowed(self, group: list[Call]) -> frozenset[str]:
        """The errors that any call of a group may answer with, because of the others or of streams."""
        allowed = set()
        if len(group) > 1:
            allowed |= {"CANCELLED"} if any(isinstance(each, changing.Cancel) for each in group) else set()
            allowed |= {"SESSION_NOT_FOUND"} if any(isinstance(each, changing.Close) for each in group) else set()
            allowed |= {"OBJECT_NOT_FOUND"} if any(each.removes for each in group) else set()
        if sum(map(len, self.streams)) + sum(each.tracks for each in group) > MAX_PROPAGATIONS:
            allowed.add("CAPACITY_EXCEEDED")
        return frozenset(allowed)

    def _disturb(self, slot: int) -> None:
        for stream in self.streams[slot]:
            stream.is_disturbed = True

    def _end_streams_with(self, end_server: Callable[[], None]) -> None:
        """Streams end with the server, wherever they are."""
        for stream in [*self.streams[0], *self.streams[1]]:
            stream.may_end_early = True
        self.left = []
        end_server()
        for slot in (0, 1):
            self._drain(slot, allowed=frozenset({"lost", "CAPACITY_EXCEEDED"}))

    def _drain(self, slot: int, allowed: frozenset[str] = frozenset()) -> None:
        for stream in self.streams[slot]:
            stream.drain()
            self.ended += 1
            self.world.counts[f"stream {stream.end}"] += 1
            self.world.counts["revisions"] += stream.events[-1]["revision"]
            stream.check(self.models[slot], allowed)
        self.streams[slot] = []
        self._settle()

    def _settle(self) -> None:
        """Waits until the server has noticed which streams are over."""
        while self.world.server.engine.counts().propagations > sum(map(len, self.streams)):
            pass
