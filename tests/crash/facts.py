"""A session's state as single facts, so that two states can be compared one by one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.work import Work

Fact = tuple[Any, ...]
Facts = dict[Fact, Any]
MayTouch = Callable[[Fact], bool]


def facts_of(work: Work) -> Facts:
    """("mask", frame, object), ("object", id), ("adapter", id), ("mode",) and ("interaction", number)."""
    info = work.info()
    facts: Facts = {("mode",): info["loraMode"]}
    for each in info["objects"]:
        facts["object", each["objectId"]] = (each["name"], each["promptedFrames"])
        for adapter in each["adapters"]:
            facts["adapter", adapter["adapterId"]] = adapter
    for frame in work.masks():
        for mask in frame["rleMaskList"]:
            facts["mask", frame["frameIndex"], mask["objectId"]] = mask
    for number, interaction in enumerate(work.interactions()):
        facts["interaction", number] = interaction
    return facts


def nothing(fact: Fact) -> bool:
    return False


@dataclass
class Acknowledged:
    """What the server said is so in one session, and what a call that it has not answered yet may change."""

    facts: Facts = field(default_factory=dict)
    may_touch: MayTouch = nothing

    def broken_by(self, found: Facts) -> list[str]:
        """What was acknowledged and is not so, and what is so and nobody asked for."""
        lost = [
            f"{fact}: acknowledged {said}, found {found.get(fact)}"
            for fact, said in self.facts.items()
            if found.get(fact) != said and not self.may_touch(fact)
        ]
        unasked = [
            f"{fact}: nobody asked for it, found {found[fact]}"
            for fact in found.keys() - self.facts.keys()
            if not self.may_touch(fact)
        ]
        return lost + unasked
