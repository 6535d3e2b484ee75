"""The calls that clients make, each with what its answer means for the model of a session."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.client_session import MASKS, ClientSession
from tests.interleaving.model import MAX_OBJECTS, ObjectModel, SessionModel
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


@dataclass
class Prompt(OnObject):
    """addPoints, addBox or addMask, by the kind of `prompt`."""

    prompt: dict[str, Any]

    def request(self, session: ClientSession) -> Any:
        name = {"points": "addPoints", "box": "addBox", "rleMask": "addMask"}[next(iter(self.prompt))]
        return session.mutate(name, f"A{name[1:]}Input", MASKS, **self.where, **self.prompt)

    def needed(self, model: SessionModel) -> set[str]:
        is_full = self.object_id not in model.objects and len(model.objects) >= MAX_OBJECTS
        return {"CAPACITY_EXCEEDED"} if is_full else set()

    def first(self, model: SessionModel) -> None:
        self.prompted(model, "PROMPT", self.answer)


@dataclass
class Correct(OnObject):
    """addCorrection. It refuses an object that was removed after the call had found it."""

    rle: dict[str, Any]
    trains: bool

    tracks = True
    needed = Prompt.needed

    def request(self, session: ClientSession) -> Any:
        return session.correct(self.object_id, self.frame, rleMask=self.rle, trainLora=self.trains)

    def first(self, model: SessionModel) -> None:
        if self.trains:
            model.track()
        self.prompted(model, "CORRECTION", self.answer and self.answer["frame"])
        model.trained_unseen |= self.code == LOST

    def then(self, model: SessionModel) -> None:
        if self.answer and self.answer["adapter"] is not None and self.object_id in model.objects:
            model.objects[self.object_id].adapters.add(self.answer["adapter"]["adapterId"])


@dataclass
class Train(OnObject):
    tracks = True
    may_refuse = frozenset({"FEATURES_NOT_CAPTURED", "LORA_NOT_TRAINED"})

    def request(self, session: ClientSession) -> Any:
        return session.train(self.object_id, self.frame)

    def needed(self, model: SessionModel) -> set[str]:
        if wrong := super().needed(model):
            return wrong
        return set() if self.frame in model.objects[self.object_id].prompted else {"NO_PROMPTS"}

    def first(self, model: SessionModel) -> None:
        model.track()
        model.interactions.append(("TRAINING", self.object_id, self.frame))
        model.trained_unseen |= self.code == LOST

    def then(self, model: SessionModel) -> None:
        if self.answer and self.object_id in model.objects:
            model.objects[self.object_id].adapters.add(self.answer["adapterId"])


@dataclass
class Candidates(OnObject):
    tracks = True
    may_refuse = frozenset({"FEATURES_NOT_CAPTURED"})

    def request(self, session: ClientSession) -> Any:
        return session.candidates(self.object_id, self.frame)

    def first(self, model: SessionModel) -> None:
        model.track()


@dataclass
class Apply(OnObject):
    """applyLoraCandidate, of one of the adapters that the model knows."""

    adapter_id: str

    tracks = True
    may_refuse = frozenset({"FEATURES_NOT_CAPTURED", "INVALID_MASK"})

    def request(self, session: ClientSession) -> Any:
        return session.mutate(
            "applyLoraCandidate", "ApplyLoraCandidateInput", MASKS, **self.where, adapterId=self.adapter_id
        )

    def needed(self, model: SessionModel) -> set[str]:
        if (wrong := super().needed(model)) or self.adapter_id in (known := model.objects[self.object_id].adapters):
            return wrong
        return {"ADAPTER_NOT_FOUND" if known else "LORA_NOT_TRAINED"}

    def first(self, model: SessionModel) -> None:
        model.track()
        self.prompted(model, "CANDIDATE", self.answer)


@dataclass
class ClearFrame(OnObject):
    removes = True

    def request(self, session: ClientSession) -> Any:
        return session.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, **self.where)

    def first(self, model: SessionModel) -> None:
        known = model.objects[self.object_id]
        if self.frame not in known.prompted:
            return
        model.interactions.append(("CLEAR_FRAME", self.object_id, self.frame))
        del known.prompted[self.frame]
        for each in model.objects.values():
            each.tracked.pop(self.frame, None)
        if not known.prompted:
            known.clear()


@dataclass
class ClearVideo(Call):
    removes = True

    def request(self, session: ClientSession) -> Any:
        return session.mutate("clearPointsInVideo", "ClearPointsInVideoInput", "success")

    def first(self, model: SessionModel) -> None:
        model.interactions.append(("CLEAR_VIDEO", None, None))
        for each in model.objects.values():
            each.clear()


@dataclass
class RemoveObject(OnObject):
    removes = True

    def request(self, session: ClientSession) -> Any:
        return session.mutate("removeObject", "RemoveObjectInput", MASKS, objectId=self.object_id)

    def first(self, model: SessionModel) -> None:
        model.interactions.append(("REMOVE_OBJECT", self.object_id, None))
        del model.objects[self.object_id]


@dataclass
class Name(OnObject):
    name: str

    def request(self, session: ClientSession) -> Any:
        return session.mutate("nameObject", "NameObjectInput", "name", objectId=self.object_id, name=self.name)

    def first(self, model: SessionModel) -> None:
        model.objects[self.object_id].name = self.name or None


@dataclass
class SetMode(Call):
    mode: str

    def request(self, session: ClientSession) -> Any:
        return session.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode=self.mode)

    def first(self, model: SessionModel) -> None:
        model.mode = self.mode


@dataclass
class ResetLora(Call):
    def request(self, session: ClientSession) -> Any:
        return session.mutate("resetLora", "ResetLoraInput", "sessionId")

    def first(self, model: SessionModel) -> None:
        model.interactions.append(("RESET_LORA", None, None))
        for each in model.objects.values():
            each.adapters = set()


@dataclass
class ResetSession(Call):
    removes = True

    def request(self, session: ClientSession) -> Any:
        return session.mutate("resetSession", "ResetSessionInput", "sessionId")

    def first(self, model: SessionModel) -> None:
        model.interactions.append(("RESET_SESSION", None, None))
        model.objects = {}


@dataclass
class TrackTo(Call):
    """propagateToFrame. `first` knows the masks of that frame only."""

    frame: int

    tracks = True

    def request(self, session: ClientSession) -> Any:
        return session.propagate_to(self.frame)

    def needed(self, model: SessionModel) -> set[str]:
        return set() if model.is_prompted else {"NO_PROMPTS"}

    def first(self, model: SessionModel) -> None:
        model.track()
        for each in self.answer["rleMaskList"] if self.answer else ():
            known = model.objects.get(each["objectId"])
            if known is not None and self.frame not in known.prompted:
                known.tracked[self.frame] = each["rleMask"]["counts"]


@dataclass
class Cancel(Call):
    changes = False

    def request(self, session: ClientSession) -> Any:
        return session.mutate("cancelPropagateInVideo", "CancelPropagateInVideoInput", "success")["success"]


@dataclass
class Export(Call):
    format: str

    changes = False
    may_refuse = frozenset({"NO_PROMPTS"})

    def request(self, session: ClientSession) -> Any:
        return session.mutate("exportAnnotations", "ExportAnnotationsInput", "url", format=self.format)


@dataclass
class Close(Call):
    removes = True

    def request(self, session: ClientSession) -> Any:
        return session.mutate("closeSession", "CloseSessionInput", "success")

    def first(self, model: SessionModel) -> None:
        model.is_open = False
