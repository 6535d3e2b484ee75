"""Prompts as JSON."""

from typing import Any

from sam2_lit.records.masks import RLE, encode
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt, Prompt


def to_json(prompt: Prompt | RLE) -> dict[str, Any]:
    """Uses the field names of the GraphQL schema: points and labels, box, or rleMask."""
    match prompt:
        case PointPrompt(points, labels, clear_old_points):
            return {
                "points": [list(point) for point in points],
                "labels": list(labels),
                "clearOldPoints": clear_old_points,
            }
        case BoxPrompt(box):
            return {"box": list(box)}
        case MaskPrompt(mask):
            return to_json(encode(mask))
        case RLE(size, counts):
            return {"rleMask": {"size": list(size), "counts": counts}}


def from_json(content: dict[str, Any]) -> PointPrompt | BoxPrompt | RLE:
    """The inverse of `to_json`; a drawn mask stays encoded."""
    if "points" in content:
        points = tuple((x, y) for x, y in content["points"])
        return PointPrompt(points, tuple(content["labels"]), content["clearOldPoints"])
    if "box" in content:
        x0, y0, x1, y1 = content["box"]
        return BoxPrompt((x0, y0, x1, y1))
    height, width = content["rleMask"]["size"]
    return RLE((height, width), content["rleMask"]["counts"])
