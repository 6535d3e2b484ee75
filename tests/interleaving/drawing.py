"""What Hypothesis draws: calls, with objects, frames and prompts."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.clips import Clip
from tests.interleaving import changing, prompting
from tests.interleaving.calls import Call
from tests.interleaving.world import FRAMES

# Most calls are on objects that are there; one more than a session may have.
OBJECTS = st.sampled_from([1, 1, 1, 1, 1, 2, 2, 3])
FRAME = st.integers(0, FRAMES - 1)

OFTEN, SELDOM = 4, 1


def calls_on(slot: int, clip: Clip) -> st.SearchStrategy[Call]:
    """Calls on a session; the clip gives their prompts."""

    def prompt(kind: str, frame: int) -> dict[str, Any]:
        match kind:
            case "box":
                return {"box": clip.box(1, frame)}
            case "rleMask":
                return {"rleMask": clip.rle(1, frame)}
        return {"points": [clip.center(1, frame)], "labels": [1], "clearOldPoints": kind == "new points"}

    prompts = st.builds(prompt, st.sampled_from(["points", "new points", "box", "rleMask"]), FRAME)
    rles = st.builds(lambda object_id, frame: clip.rle(object_id, frame), st.sampled_from([1, 2]), FRAME)
    here = st.just(slot)
    on_object = here, OBJECTS, FRAME
    kinds: list[tuple[int, Callable[[], st.SearchStrategy[Call]]]] = [
        (OFTEN, lambda: st.builds(prompting.Prompt, *on_object, prompts)),
        (OFTEN, lambda: st.builds(prompting.Correct, *on_object, rles, st.booleans())),
        (OFTEN, lambda: st.builds(changing.TrackTo, here, FRAME)),
        (2, lambda: st.builds(prompting.Train, *on_object)),
        (2, lambda: st.builds(prompting.Candidates, *on_object)),
        (2, lambda: st.builds(prompting.Apply, *on_object, st.just(""))),
        (2, lambda: st.builds(changing.ClearFrame, *on_object)),
        (2, lambda: st.builds(changing.Import, *on_object, st.just(clip))),
        (2, lambda: st.builds(changing.Name, *on_object, st.sampled_from(["", "disc", "other disc"]))),
        (2, lambda: st.builds(changing.SetMode, here, st.sampled_from(["OFF", "SUGGEST", "AUTO"]))),
        (2, lambda: st.builds(changing.Cancel, here)),
        (SELDOM, lambda: st.builds(changing.RemoveObject, *on_object)),
        (SELDOM, lambda: st.builds(changing.ClearVideo, here)),
        (SELDOM, lambda: st.builds(changing.ResetLora, here)),
        (SELDOM, lambda: st.builds(changing.ResetSession, here)),
        (SELDOM, lambda: st.builds(changing.Close, here)),
        (SELDOM, lambda: st.builds(changing.Export, here, st.sampled_from(["COCO", "DAVIS"]))),
    ]
    drawn = [make for weight, make in kinds for _ in range(weight)]
    return st.sampled_from(drawn).flatmap(lambda make: make())
