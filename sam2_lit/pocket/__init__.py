"""The embedded SAM 2: small enough to live in the repository and to track on a laptop's CPU."""

from pathlib import Path

CONFIG = Path(__file__).with_name("pocket.yaml")
WEIGHTS = Path(__file__).with_name("weights.safetensors")

__all__ = ["CONFIG", "WEIGHTS"]
