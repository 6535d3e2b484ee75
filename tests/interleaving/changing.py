"""Tracking, removals, names, modes, imports, exports and the end of a session."""

import io
import json
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

import numpy as np
from PIL import Image

from tests.client_session import MASKS, ClientSession
from tests.clips import Clip
from tests.interleaving.calls import Call, OnObject
from tests.interleaving.model import MAX_OBJECTS, ObjectModel, SessionModel
from tests.running import GraphQLFailure

IMPORT = """mutation ($file: Upload!, $input: ImportAnnotationsInput!) {
  importAnnotations(file: $file, input: $input) { applied }
}"""


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
class Import(OnObject):
    """importAnnotations, of one object's mask on one frame, as DAVIS's palette PNG.

    It changes nothing where the frame has a prompt of the object; the answer says whether it did.
    """

    clip: Clip = field(repr=False)

    def request(self, session: ClientSession) -> Any:
        file = io.BytesIO()
        with ZipFile(file, "w") as folder, folder.open(f"Annotations/480p/discs/{self.frame:05}.png", "w") as png:
            values = self.clip.masks[1][self.frame] * np.uint8(self.object_id)
            Image.fromarray(values).convert("P").save(png, "PNG")
        variables = {"file": None, "input": {"sessionId": session.session_id}}
        form = {"operations": json.dumps({"query": IMPORT, "variables": variables}), "map": '{"0": ["variables.file"]}'}
        files = {"0": ("davis.zip", file.getvalue())}
        answer = session.server.http.post("/graphql", data=form, files=files).json()
        if errors := answer.get("errors"):
            raise GraphQLFailure(errors[0])
        return answer["data"]["importAnnotations"]["applied"]

    def needed(self, model: SessionModel) -> set[str]:
        is_full = self.object_id not in model.objects and len(model.objects) >= MAX_OBJECTS
        return {"CAPACITY_EXCEEDED"} if is_full and self.answer is not False else set()

    def first(self, model: SessionModel) -> None:
        if self.answer is False:
            return
        model.interactions.append(("IMPORT", None, None))
        known = model.objects.setdefault(self.object_id, ObjectModel())
        known.may_have_others = True
        if self.frame not in known.prompted:
            known.tracked[self.frame] = str(self.clip.rle(1, self.frame)["counts"])


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
