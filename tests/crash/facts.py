"""A session's state as single facts, so that two states can be compared fact by fact."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.client_session import ClientSession

Fact = tuple[Any, ...]
Facts = dict[Fact, Any]
MayTouch = Callable[[Fact], bool]


def facts_of(session: ClientSession) -> Facts:
    """("mask", frame, object), ("object", id), ("adapter", id), ("mode",) and ("interaction", number)."""
    info = session.info()
    facts: Facts = {("mode",): info["loraMode"]}
    for each in info["objects"]:
        facts["object", each["objectId"]] = (each["name"], each["promptedFrames"])
        for adapter in each["adapters"]:
            facts["adapter", adapter["adapterId"]] = adapter
    for frame in session.masks():
        for mask in frame["rleMaskList"]:
            facts["mask", frame["frameIndex"], mask["objectId"]] = mask
    for number, interaction in enumerate(session.interactions()):
        facts["interaction", number] = interaction
    return facts


def no_fact(fact: Fact) -> bool:
    return False


@dataclass
class Acknowledged:
    """The facts that the server has acknowledged for one session, and those that its current call may change."""

    facts: Facts = field(default_factory=dict)
    may_touch: MayTouch = no_fact

    def broken_by(self, found: Facts) -> list[str]:
        """The acknowledged facts that `found` lacks or changes, and the facts of `found` that no call made."""
        lost = [
            f"{fact}: acknowledged {known}, found {found.get(fact)}"
            for fact, known in self.facts.items()
            if found.get(fact) != known and not self.may_touch(fact)
        ]
        unexpected = [
            f"{fact}: not made by any call, found {found[fact]}"
            for fact in found.keys() - self.facts.keys()
            if not self.may_touch(fact)
        ]
        return lost + unexpected
