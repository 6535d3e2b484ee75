"""Prompts, corrections, trainings and candidates."""

from dataclasses import dataclass
from typing import Any

from tests.client_session import MASKS, ClientSession
from tests.interleaving.calls import LOST, OnObject
from tests.interleaving.model import MAX_OBJECTS, SessionModel


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
