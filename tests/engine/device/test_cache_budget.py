from collections import UserDict

from hypothesis import given
from hypothesis import strategies as st

from sam2_lit.engine.device.cache_budget import CacheBudget

entries = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), max_size=40)


@given(entries, st.integers(0, 100))
def test_what_caches_hold_together_stays_within_the_budget_and_the_latest_stays(
    used: list[tuple[int, int]], limit: int
) -> None:
    budget, held = CacheBudget(limit), {}

    def evict(key: int) -> bool:
        del held[key]
        return True

    for key, nbytes in used:
        held.setdefault(key, nbytes)
        budget.use(key, held[key], lambda key=key: evict(key))

        assert key in held
        assert budget.nbytes == sum(held.values())
        assert budget.nbytes <= limit or len(held) == 1


def test_the_least_recently_used_of_all_caches_is_evicted() -> None:
    budget, evicted = CacheBudget(3), []
    for key in ("a1", "b1", "a2", "a1", "b2"):
        budget.use(key, 1, lambda key=key: evicted.append(key) is None)

    assert evicted == ["b1"]


class Owner(UserDict[int, int]):
    """A mapping by identity, as the frames of an object are; comparing its contents is an error."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        raise AssertionError("contents were compared")


def test_owners_are_told_apart_without_looking_at_what_they_hold() -> None:
    budget, owners, evicted = CacheBudget(1), (Owner(), Owner()), []
    for owner in owners:
        budget.use((owner, 5), 1, lambda owner=owner: evicted.append(owner) is None)

    assert len(evicted) == 1 and evicted[0] is owners[0]


def test_an_entry_that_has_to_stay_does_not_keep_others_from_being_evicted() -> None:
    budget, evicted = CacheBudget(2), []
    for key in ("stays", "goes", "new"):
        budget.use(key, 1, lambda key=key: key != "stays" and evicted.append(key) is None)

    assert evicted == ["goes"]
    assert budget.nbytes == 2
