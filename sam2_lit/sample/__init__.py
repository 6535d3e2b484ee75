"""The sample video and its annotations (`Annotations/sample/`, palette PNGs)."""

from pathlib import Path

SAMPLE = Path(__file__).with_name("sample.mp4")
"""The sample video."""

ANNOTATIONS = Path(__file__).with_name("Annotations") / "sample"
"""A palette PNG for each frame of it, `00000.png` of the first."""
