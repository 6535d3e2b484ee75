import numpy as np
import pytest

from sam2_lit.evaluation.effort import TIMES, Effort
from sam2_lit.evaluation.equal_quality import area, work
from sam2_lit.evaluation.intervals import bootstrap_interval
from sam2_lit.evaluation.rows import Mode, Row


def row(mode: Mode, number: int, drawn: int, j: float, shift: int = 0) -> Row:
    return Row(
        mode=mode,
        sequence="discs",
        object=number,
        threshold=0.8,
        shift=shift,
        frames=0,
        corrections=drawn,
        accepted=0,
        clicks=0,
        j=j,
        train_seconds=(),
        effort=Effort(drawn=drawn),
    )


@pytest.mark.parametrize(
    ("effort", "seconds"),
    [
        (Effort(drawn=2), 160),
        (Effort(clicks=3, clicked_frames=1), 5.5),
        (Effort(boxes=1), 7),
        (Effort(judged=2, taken=1), 7.5),
        (Effort(watched=40), 10),
    ],
)
def test_a_users_seconds_are_those_of_eva_vos(effort: Effort, seconds: float) -> None:
    assert TIMES.seconds(effort) == seconds


def test_what_a_mode_saves_is_relative_to_off_over_all_objects() -> None:
    rows = [row(Mode.OFF, 1, 8, 0.9), row(Mode.SUGGEST, 1, 4, 0.88), row(Mode.OFF, 2, 2, 0.8)]
    rows += [row(Mode.SUGGEST, 2, 2, 0.8)]

    off, suggest = work(rows)

    assert off.seconds == 800 and off.seconds_saved is None
    assert suggest.seconds_saved is not None and suggest.j_difference is not None
    assert suggest.seconds_saved.value == pytest.approx(0.4)
    # Objects are drawn again: at the least the second alone, which saves nothing, at the most the first.
    assert suggest.seconds_saved.interval == pytest.approx((0, 0.5))
    assert suggest.j_difference.value == pytest.approx(-0.01)


def test_shifts_of_one_object_are_not_taken_for_several_objects() -> None:
    rows = [row(mode, 1, 4, 0.9, shift) for shift in (-1, 0, 1) for mode in (Mode.OFF, Mode.SUGGEST)]

    suggest = work(rows)[1]

    assert suggest.seconds_saved is not None
    assert (suggest.seconds_saved.value, suggest.seconds_saved.interval) == (0, None)


def test_an_interval_holds_the_mean_and_narrows_with_more_objects() -> None:
    values = np.random.default_rng(0).normal(1, 1, (400, 1))

    few, many = (
        bootstrap_interval(lambda drawn: drawn[..., 0].mean(1), values[:count]) or (0.0, 0.0) for count in (20, 400)
    )

    assert few[0] < values[:20].mean() < few[1] and many[0] < values.mean() < many[1]
    assert many[1] - many[0] < (few[1] - few[0]) / 3


def test_the_area_under_a_curve_is_its_mean_height() -> None:
    points = [(2.0, 0.5), (4.0, 0.7)]

    assert area(points, 2) == 0.5
    assert area(points, 4) == pytest.approx((2 * 0.5 + 2 * 0.6) / 4)
    assert area(points, 8) == pytest.approx((2 * 0.5 + 2 * 0.6 + 4 * 0.7) / 8)
