"""The calls that clients make, each with what its answer means for the model of a session."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.client_session import MASKS, ClientSession
from tests.interleaving.model import ObjectModel, SessionModel
from tests.running import GraphQLFailure

FACTS = f"""query ($s: String!) {{ session(sessionId: $s) {{
  loraMode trackedFrameCount objects {{ objectId name promptedFrames adapters {{ adapterId }} }}
  masks {{ {MASKS} }} interactions {{ kind objectId frameIndex adapterId }}
}} }}"""
LOST = "LOST"
"""The code of a call whose answer was lost: it may have been carried out or not."""


@dataclass
class Call:
    """One call on session `slot`. After `send`, `code` is its error's code, or None where it succeeded.

    `needed` are the errors that the state calls for, which a call must answer with one of; `may_refuse` those that it
    may answer with in any state. `first` and `then` apply what it does to a model, in the two parts between which other
    calls may be carried out.
    """

    slot: int
    code: str | None = field(default=None, init=False)
    answer: Any = field(default=None, init=False)

    changes: ClassVar[bool] = True
    removes: ClassVar[bool] = False
    tracks: ClassVar[bool] = False
    may_refuse: ClassVar[frozenset[str]] = frozenset()

    def send(self, session: ClientSession) -> None:
        try:
            self.answer = self.request(session)
        except GraphQLFailure as failure:
            self.code = failure.code or f"no code: {failure}"

    def request(self, session: ClientSession) -> Any:
        raise NotImplementedError

    def needed(self, model: SessionModel) -> set[str]:
        return set()

    def first(self, model: SessionModel) -> None:
        """Called only where the call succeeded or its answer was lost."""

    def then(self, model: SessionModel) -> None:
        pass


@dataclass
class OnObject(Call):
    object_id: int
    frame: int

    def needed(self, model: SessionModel) -> set[str]:
        return set() if self.object_id in model.objects else {"OBJECT_NOT_FOUND"}

    @property
    def where(self) -> dict[str, int]:
        return {"objectId": self.object_id, "frameIndex": self.frame}

    def own_mask(self, frame: Any) -> str | None:
        """The object's mask in an answer; None where the answer was lost."""
        if self.code == LOST:
            return None
        return next(each["rleMask"]["counts"] for each in frame["rleMaskList"] if each["objectId"] == self.object_id)

    def prompted(self, model: SessionModel, kind: str, frame: Any) -> None:
        """The object has a new prompt, and `frame` was answered."""
        model.interactions.append((kind, self.object_id, self.frame))
        known = model.objects.setdefault(self.object_id, ObjectModel())
        known.prompted[self.frame] = self.own_mask(frame)
        known.tracked.pop(self.frame, None)
