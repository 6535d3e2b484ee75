"""In which order calls that were sent at once may have been carried out."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import product
from typing import Any

from tests.interleaving.calls import LOST, Call
from tests.interleaving.model import SessionModel

Models = list[SessionModel]


def explain(
    models: Models, calls: Sequence[Call], allowed: frozenset[str], found: list[Any], tracking: list[bool]
) -> tuple[Models, list[str]]:
    """The models after some order of the calls that accounts for all answers and for what is found afterwards.

    `allowed` are errors that any of the calls may have answered with; `found` is what the server then sends for each
    session, None where it has none; `tracking` says which sessions are being tracked. Also returns what remains
    unexplained: nothing, where there is such an order.
    """
    closest: tuple[Models, list[str]] | None = None
    for order in _orders(calls):
        after = _apply(deepcopy(models), order, allowed)
        if after is None:
            continue
        wrong = []
        for model, session, is_tracking in zip(after, found, tracking, strict=True):
            if model.is_open and session is not None:
                wrong += model.differences(session, is_tracking=is_tracking)
            elif model.is_open != (session is not None):
                wrong.append(f"open: expected {model.is_open}")
        if not wrong:
            return after, []
        if closest is None or len(wrong) < len(closest[1]):
            closest = after, wrong
    return closest or (models, ["no order of the calls accounts for their answers"])


def _orders(calls: Sequence[Call]) -> Iterator[list[tuple[Call, int]]]:
    """Every order of the two parts of every call; those of lost calls also left out."""
    for variants in product(*([2, 0] if each.code == LOST else [2] for each in calls)):
        yield from _merged(list(zip(calls, [0] * len(calls), variants, strict=True)))


def _merged(left: list[tuple[Call, int, int]]) -> Iterator[list[tuple[Call, int]]]:
    if all(part == end for _, part, end in left):
        yield []
    for place, (call, part, end) in enumerate(left):
        if part < end:
            # Of a call without a second part that does anything, both are taken at once.
            to = part + 1 if type(call).then is not Call.then else end
            taken = [(call, each) for each in range(part, to)]
            for rest in _merged([*left[:place], (call, to, end), *left[place + 1 :]]):
                yield [*taken, *rest]


def _apply(models: Models, order: list[tuple[Call, int]], allowed: frozenset[str]) -> Models | None:
    for call, part in order:
        model = models[call.slot]
        if part == 1:
            if call.code is None:
                call.then(model)
            continue
        needed = call.needed(model) if model.is_open else {"SESSION_NOT_FOUND"}
        if call.code in (None, LOST):
            if needed:
                return None
            call.first(model)
        elif call.code not in needed | allowed | call.may_refuse:
            return None
    return models
