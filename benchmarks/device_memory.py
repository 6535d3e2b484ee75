"""What fits into a GPU's memory: `python -m benchmarks.device_memory` prints the table of docs/models.md.

Sizes are those of the tensors of SAM 2's official models in bfloat16 autocast; budgets are those that the server
chooses (`engine/device/device_budgets.py`). What CUDA itself takes is taken to be 0.5 GiB, and weights to be float32.
"""

from sam2_lit.engine.device.device_budgets import divide
from sam2_lit.engine.tracking.graphed_function import MOST_OBJECTS

MIB, GIB = 2**20, 2**30
CARDS = (8, 12, 24, 80)
CONTEXT = GIB // 2
# Millions of parameters, as the table of models in SAM 2's README has them.
MODELS = {"tiny": 38.9, "small": 46.0, "base_plus": 80.8, "large": 224.4}

# The width of features and of memory, the sides of the features of stride 4, 8 and 16, and the memories of a frame.
WIDTH, MEMORY_WIDTH, FINE, MIDDLE, COARSE, MEMORIES = 256, 64, 256, 128, 64, 7
FLOAT32, BFLOAT16 = 4, 2

LEVELS = BFLOAT16 * (WIDTH // 8 * FINE**2 + WIDTH // 4 * MIDDLE**2)
FEATURES = FLOAT32 * WIDTH * COARSE**2
EMBEDDING = LEVELS + 2 * FEATURES
CAPTURED = LEVELS + FEATURES
TRACKED = BFLOAT16 * MEMORY_WIDTH * COARSE**2 + FLOAT32 * FINE**2
KEYS_AND_VALUES = 2 * BFLOAT16 * WIDTH * COARSE**2 * MEMORIES


def main() -> None:
    print(
        "| model | card | objects in a batch | embedded frames | tracked frames of 1, 10 objects | captured, of 1, 10 |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for name, millions in MODELS.items():
        for card in CARDS:
            budgets = divide(card * GIB - CONTEXT - int(millions * 1e6) * FLOAT32, cuda_graphs=True)
            tracked, captured = budgets.frames // TRACKED, budgets.features // CAPTURED
            cells = (
                f"`sam2.1_hiera_{name}`",
                f"{card} GiB",
                f"{min(MOST_OBJECTS, budgets.batch // KEYS_AND_VALUES)}",
                f"{budgets.embeddings // EMBEDDING:,}",
                f"{tracked:,}, {tracked // 10:,}",
                f"{captured:,}, {captured // 10:,}",
            )
            print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
