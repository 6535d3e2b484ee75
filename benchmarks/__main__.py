"""`python -m benchmarks [NAME…] [--json FILE]`: a table on stdout, the same as JSON."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks import (
    cluster,
    compiled,
    crowd,
    endurance,
    feed,
    first_mask,
    graphs,
    growth,
    health,
    kernels,
    latency,
    library,
    limits,
    load,
    loading,
    lora,
    memory,
    objects,
    official_variants,
    opening,
    overhead,
    page,
    precision,
    propagate,
    resume,
    second_pass,
    steps,
)
from benchmarks.result import Result

BENCHMARKS: dict[str, Callable[[], Iterable[Result]]] = {
    "propagate": propagate.run,
    "second-pass": second_pass.run,
    "objects": objects.run,
    "memory": memory.run,
    "first-mask": first_mask.run,
    "opening": opening.run,
    "library": library.run,
    "endurance": endurance.run,
    "latency": latency.run,
    "health": health.run,
    "load": load.run,
    "loading": loading.run,
    "crowd": crowd.run,
    "official": official_variants.run,
    "overhead": overhead.run,
    "compile": compiled.run,
    "steps": steps.run,
    "graphs": graphs.run,
    "limits": limits.run,
    "kernels": kernels.run,
    "precision": precision.run,
    "lora": lora.run,
    "feed": feed.run,
    "page": page.run,
    "resume": resume.run,
    "growth": growth.run,
    "cluster": cluster.run,
}


def table(results: list[Result]) -> str:
    rows = [("benchmark", "value", "unit", "reference", "ratio", "samples")]
    rows += [
        (
            result.name,
            f"{result.value:.4g}",
            result.unit,
            "-" if result.reference is None else f"{result.reference:.4g}",
            f"{result.ratio:.3f}",
            str(result.samples),
        )
        for result in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all if none is given")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument(
        "--seconds", type=float, help="how long `load`, `crowd` and each curve of `growth` run; 60, 180, 180"
    )
    parser.add_argument("--tree", type=Path, metavar="FOLDER", help="a checkout whose server `crowd` runs; this one's")
    parser.add_argument("--curves", nargs="+", choices=list(growth.CURVES), help="curves of `growth`; all of them")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="PNG or SVG that `growth` draws")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; choose from {', '.join(BENCHMARKS)}")
    duration = {} if arguments.seconds is None else {"seconds": arguments.seconds}
    benchmarks = {
        **BENCHMARKS,
        "load": partial(load.run, **duration),
        "crowd": partial(crowd.run, **duration, tree=arguments.tree),
        "growth": partial(growth.run, arguments.curves, arguments.plot, **duration),
    }
    results = []
    for name in arguments.names or benchmarks:
        for result in benchmarks[name]():
            # Some take minutes: results are printed even if a later benchmark fails.
            print(json.dumps(asdict(result)), file=sys.stderr, flush=True)
            results.append(result)
    print(table(results))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(result) for result in results], indent=2))


if __name__ == "__main__":
    main()
