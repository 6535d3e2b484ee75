"""How many GPUs a company of annotators needs, and what breaks first: a simulation, which needs no GPU.

`python -m benchmarks.fleet` prints the tables of docs/cluster-capacity.md, `--plot FILE` draws its picture. What an
annotator does in an hour is there. What each thing takes is a flag; nothing was measured on a GPU.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import mean, quantiles

from benchmarks.fleet_simulation import POLICIES, Policy, Service, Simulation

FLEETS = (10, 100, 1_000, 10_000)
CELL = 350
"""Annotators in a cell of its own GPUs, database and head, between the 200 and 500 that were proposed."""
GPU_SECONDS, BUSY = 408.0, 0.6
"""An hour of one annotator, and how busy GPUs are planned to be."""
COMPARED, CROWDED = 200, 0.75
"""Annotators and how busy their GPUs are planned to be, where policies are compared."""
OBJECTS = 3


@dataclass(frozen=True)
class Limits:
    """What one process or machine can do, all of which is assumed but the first.

    - front_frame: CPU seconds of a front for a frame that it passes on, of which it has one core; between the 1.4 and
      2.1 ms that a prototype took.
    - rows: masks that one PostgreSQL stores in a second.
    - connections: that it has, of which each worker and front takes `of_process`.
    - workers: of one Ray head.
    """

    front_frame: float = 0.00175
    rows: float = 5_000.0
    connections: float = 500.0
    of_process: float = 4.0
    workers: float = 1_000.0


@dataclass(frozen=True)
class Outcome:
    """What annotators saw, and how much of each thing is used, 1 being all of it.

    - clicks: seconds, median and 95th percentile.
    - slowdown: how many times as long a pass takes as alone on a GPU, cold; median and 95th percentile.
    - warm: the passes that found their embeddings.
    """

    annotators: int
    gpus: int
    cells: int
    clicks: tuple[float, float]
    slowdown: tuple[float, float]
    warm: float
    used: dict[str, float]

    @property
    def breaks_first(self) -> str:
        return max(self.used, key=lambda name: self.used[name])


def gpus_for(annotators: int, busy: float) -> int:
    return max(1, round(annotators * GPU_SECONDS / 3600 / busy))


def simulate(
    annotators: int, cells: int, busy: float, policy: Policy, service: Service, limits: Limits, seconds: float
) -> Outcome:
    """Simulates one of the cells, which are alike; it has one front, so that one sees when that is full."""
    people = round(annotators / cells)
    gpus = gpus_for(people, busy)
    cell = Simulation(people, gpus, policy, service)
    cell.run(seconds=seconds)
    frames = cell.frames / seconds
    processes = gpus + 1
    used = {
        "GPUs": mean(gpu.busy for gpu in cell.gpus) / seconds,
        "one front": frames * limits.front_frame,
        "rows of one PostgreSQL": frames * OBJECTS / limits.rows,
        "its connections": processes * limits.of_process / limits.connections,
        "one Ray head": gpus / limits.workers,
    }
    return Outcome(
        annotators,
        gpus * cells,
        cells,
        _two(cell.clicks),
        _two(cell.slowdowns),
        mean(cell.warm),
        used,
    )


def _two(values: list[float]) -> tuple[float, float]:
    parts = quantiles(values, n=20)
    return parts[9], parts[18]


def fleets(service: Service, limits: Limits, seconds: float) -> Iterator[Outcome]:
    """Every size of fleet with the first policy, as one cell and in cells of about `CELL`."""
    policy = next(iter(POLICIES.values()))
    for annotators in FLEETS:
        for cells in dict.fromkeys((1, max(1, round(annotators / CELL)))):
            yield simulate(annotators, cells, BUSY, policy, service, limits, seconds)


def compared(service: Service, limits: Limits, seconds: float) -> Iterator[tuple[str, Outcome]]:
    for name, policy in POLICIES.items():
        yield name, simulate(COMPARED, 1, CROWDED, policy, service, limits, seconds)


def print_fleets(outcomes: list[Outcome]) -> None:
    things = list(outcomes[0].used)
    print(f"| annotators | cells | GPUs | click, median and p95 | pass | {' | '.join(things)} | fullest |")
    print(f"| {' | '.join(['---'] * (6 + len(things)))} |")
    for each in outcomes:
        used = " | ".join(f"{each.used[name]:.0%}" for name in things)
        size = f"{each.annotators:,} | {each.cells} | {each.gpus:,}"
        print(f"| {size} | {_clicks(each)} | {each.slowdown[0]:.1f} x | {used} | {each.breaks_first} |")


def print_policies(outcomes: list[tuple[str, Outcome]]) -> None:
    print("| policy | click, median and p95 | pass, median and p95 | GPUs | warm passes |")
    print("| --- | --- | --- | --- | --- |")
    for name, each in outcomes:
        slowdown = f"{each.slowdown[0]:.1f} and {each.slowdown[1]:.1f} x"
        print(f"| {name} | {_clicks(each)} | {slowdown} | {each.used['GPUs']:.0%} | {each.warm:.0%} |")


def _clicks(outcome: Outcome) -> str:
    return " and ".join(f"{1000 * each:.0f}" for each in outcome.clicks) + " ms"


def draw(by_size: list[Outcome], by_policy: list[tuple[str, Outcome]], file: Path) -> None:
    """What is used by size, of one cell and in cells; and the policies."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4.2), layout="constrained", width_ratios=(3, 2))
    for color, name in enumerate(by_size[0].used):
        for cells, style in ((False, "-o"), (True, "--s")):
            rows = [each for each in by_size if (each.cells > 1) == cells]
            label = name if not cells else None
            left.plot(
                [each.annotators for each in rows],
                [100 * each.used[name] for each in rows],
                style,
                color=f"C{color}",
                label=label,
                markersize=4,
            )
    left.axhline(100, color="black", linewidth=0.8)
    left.set(
        xscale="log", yscale="log", xlabel="annotators", ylabel="used, %", title=f"One cell; dashed: cells of {CELL}"
    )
    left.legend(fontsize=8)
    names = [name for name, _ in by_policy]
    places = range(len(names))
    right.barh(places, [each.slowdown[1] for _, each in by_policy], color="C0", height=0.4, label="p95")
    right.barh(places, [each.slowdown[0] for _, each in by_policy], color="C1", height=0.4, label="median")
    right.set(
        yticks=places,
        yticklabels=names,
        xlabel="time of a pass over that alone on a GPU",
        title=f"{COMPARED} annotators, {by_policy[0][1].gpus} GPUs",
    )
    right.invert_yaxis()
    right.legend(fontsize=8)
    figure.savefig(file, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fleet", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1800.0, help="simulated time that is counted")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="PNG or SVG to draw")
    for kind in (Service, Limits):
        for each in fields(kind):
            parser.add_argument(f"--{each.name.replace('_', '-')}", type=float, default=each.default)
    arguments = vars(parser.parse_args())
    service, limits = (kind(**{each.name: arguments[each.name] for each in fields(kind)}) for kind in (Service, Limits))
    by_size = list(fleets(service, limits, arguments["seconds"]))
    print_fleets(by_size)
    print()
    by_policy = list(compared(service, limits, arguments["seconds"]))
    print_policies(by_policy)
    if arguments["plot"]:
        draw(by_size, by_policy, arguments["plot"])


if __name__ == "__main__":
    main()
