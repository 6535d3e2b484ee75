"""J against training steps: the weights that a run kept on its way, evaluated on data sets in DAVIS layout.

    python -m training.curve RUN DATASET [DATASET …] [--prompt mask box click] [--sequences NAME …] [--frames N]

Writes RUN/quality.json, to which a later call adds what it lacks, and draws RUN/quality.png (Matplotlib). Step 0 is
`--start`, by default the weights in `sam2_lit/pocket`. `--every` leaves steps out, `--sequences` and `--frames` measure
a part of each data set: name such a part with `--label`, since another part is another curve.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import matplotlib.pyplot as plt

from sam2_lit.pocket import WEIGHTS
from training.evaluate import PROMPTS, build_predictor, evaluate, mean_j

Curve = dict[str, dict[str, float]]
"""Mean J by a data set's name and the prompt, and by step."""


def measure(
    weights: dict[int, Path],
    dataset: Path,
    prompts: Sequence[str],
    threads: int,
    curve: Curve,
    label: str,
    sequences: Sequence[str] | None = None,
    frames: int | None = None,
) -> Iterator[None]:
    """Adds the data set's mean J at each step that `curve` lacks; yields after each step."""
    for step, file in sorted(weights.items()):
        lacking = [prompt for prompt in prompts if str(step) not in curve.setdefault(f"{label}, {prompt}", {})]
        if not lacking:
            continue
        scores = evaluate(build_predictor(file, threads), dataset, lacking, sequences, frames)
        for prompt in lacking:
            curve[f"{label}, {prompt}"][str(step)] = mean_j(scores, prompt)
        print(f"{label}, step {step}:", {prompt: round(mean_j(scores, prompt), 3) for prompt in lacking}, flush=True)
        yield


def draw(curve: Curve, out: Path) -> None:
    figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
    for name, found in curve.items():
        steps = sorted(found, key=int)
        axis.plot([int(step) for step in steps], [found[step] for step in steps], marker="o", label=name)
    axis.set(xlabel="step", ylabel="mean J")
    axis.legend()
    figure.savefig(out, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("datasets", type=Path, nargs="+")
    parser.add_argument("--prompt", choices=PROMPTS, nargs="+", default=["mask"])
    parser.add_argument("--start", type=Path, default=WEIGHTS)
    parser.add_argument("--every", type=int, default=1, help="steps divisible by it only")
    parser.add_argument("--sequences", nargs="+")
    parser.add_argument("--frames", type=int)
    parser.add_argument("--label", help="in place of a data set's name")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    weights = {int(file.stem): file for file in (arguments.run / "steps").glob("*.safetensors")}
    weights = {step: file for step, file in weights.items() if step % arguments.every == 0}
    weights[0] = arguments.start
    kept = arguments.run / "quality.json"
    curve: Curve = json.loads(kept.read_text()) if kept.exists() else {}
    for dataset in arguments.datasets:
        label = arguments.label or dataset.name
        part = (arguments.sequences, arguments.frames)
        for _ in measure(weights, dataset, arguments.prompt, arguments.threads, curve, label, *part):
            kept.write_text(json.dumps(curve, indent=1))
    draw(curve, arguments.run / "quality.png")


if __name__ == "__main__":
    main()
