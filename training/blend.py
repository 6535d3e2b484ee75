"""Halfway between the weights that a run started from and those it ended with.

    python -m training.blend START END OUT [--share 0.5]

Training on generated clips forgets some of what the trunk knew of photographs; the average keeps much of both
(Wortsman et al., "Robust fine-tuning of zero-shot models", arXiv 2109.01903).
"""

import argparse
from pathlib import Path

from safetensors.torch import load_file, save_file


def blend(start: Path, end: Path, out: Path, share: float) -> None:
    """Writes `share` of `end` and the rest of `start`, in half precision; both have the same names and shapes."""
    first, last = load_file(start), load_file(end)
    if first.keys() != last.keys():
        raise ValueError(f"{start} and {end} are weights of different models")
    save_file({name: first[name].float().lerp(last[name].float(), share).half() for name in first}, out)
    out.chmod(0o644)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start", type=Path)
    parser.add_argument("end", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5)
    arguments = parser.parse_args()
    blend(arguments.start, arguments.end, arguments.out, arguments.share)


if __name__ == "__main__":
    main()
