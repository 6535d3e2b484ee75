"""J against training steps: the weights that a run kept on its way, evaluated on data sets in DAVIS layout.

    python -m training.curve RUN DATASET [DATASET …] [--prompt box|click] [--start FILE]

Writes RUN/quality.json, to which a later call adds what it lacks, and draws RUN/quality.png (Matplotlib). Step 0 is
`--start`, by default the weights in `sam2_lit/pocket`.
"""

import argparse
import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from sam2_lit.pocket import WEIGHTS
from training.evaluate import build_predictor, evaluate

Curve = dict[str, dict[str, float]]
"""Mean J by a data set's name and the prompt, and by step."""


def measure(weights: dict[int, Path], dataset: Path, prompt: str, threads: int, curve: Curve) -> None:
    """Adds the data set's mean J at each step that `curve` lacks."""
    found = curve.setdefault(f"{dataset.name}, {prompt}", {})
    for step, file in sorted(weights.items()):
        if str(step) not in found:
            scores = evaluate(build_predictor(file, threads), dataset, prompt)
            found[str(step)] = float(np.mean([score.j for score in scores]))
            print(f"{dataset.name}, {prompt}, step {step}: J {found[str(step)]:.3f}", flush=True)


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
    parser.add_argument("--prompt", choices=["mask", "box", "click"], default="mask")
    parser.add_argument("--start", type=Path, default=WEIGHTS)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    weights = {int(file.stem): file for file in (arguments.run / "steps").glob("*.safetensors")}
    weights[0] = arguments.start
    kept = arguments.run / "quality.json"
    curve: Curve = json.loads(kept.read_text()) if kept.exists() else {}
    for dataset in arguments.datasets:
        measure(weights, dataset, arguments.prompt, arguments.threads, curve)
        kept.write_text(json.dumps(curve, indent=1))
    draw(curve, arguments.run / "quality.png")


if __name__ == "__main__":
    main()
