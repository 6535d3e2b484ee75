"""Reads the label classes of a project from a file in its folder: our own form, or CVAT's label constructor."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.labels import LABEL_FILES, Label, LabelAttribute, LabelDraft, checked_labels

_MAX_BYTES = 1024**2


def read_label_file(folders: Sequence[Path]) -> tuple[Label, ...]:
    """The labels of the first folder that has a file of them; none where no folder has one.

    Raises:
        LitError: UNSUPPORTED_MEDIA where the file is not a list of labels.
    """
    for folder in folders:
        for name in LABEL_FILES:
            if (file := folder / name).is_file():
                return _read(file)
    return ()


def _read(file: Path) -> tuple[Label, ...]:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise ValueError(f"it has more than {_MAX_BYTES} bytes")
        text = content.decode("utf-8-sig")
        parsed = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
        return checked_labels(_drafts(parsed))
    except LitError as error:
        raise _unusable(file, error.message) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, yaml.YAMLError) as error:
        raise _unusable(file, str(error)) from error


def _drafts(parsed: Any) -> list[LabelDraft]:
    """A list of labels, or an object with the list as `labels`; a label is an object, or just its name.

    CVAT's label constructor writes such a list, each attribute an object with `name` and `values`. What else it writes,
    such as `id`, `type` and `input_type`, has no meaning here.
    """
    listed = parsed.get("labels") if isinstance(parsed, dict) else parsed
    if not isinstance(listed, list):
        raise ValueError("it is neither a list of labels nor an object with a list `labels`")
    return [LabelDraft(each) if isinstance(each, str) else _draft(each) for each in listed]


def _draft(label: dict[str, Any]) -> LabelDraft:
    if not isinstance(label, dict) or not isinstance(label.get("name"), str):
        raise ValueError(f"{label!r:.100} is no label; a label has a name")
    color, key = label.get("color"), label.get("key")
    if color is not None and not isinstance(color, str):
        raise ValueError(f"the color of label {label['name']!r} is {color!r}; write it as a string, #rrggbb")
    if key is not None and (not isinstance(key, int) or isinstance(key, bool)):
        raise ValueError(f"the key of label {label['name']!r} is {key!r}; it must be a number from 1 to 9")
    attributes = label.get("attributes") or ()
    return LabelDraft(label["name"], color or None, key, tuple(map(_attribute, attributes)))


def _attribute(attribute: Any) -> LabelAttribute:
    if isinstance(attribute, str):
        return LabelAttribute(attribute)
    if not isinstance(attribute, dict) or not isinstance(attribute.get("name"), str):
        raise ValueError(f"{attribute!r:.100} is no attribute; an attribute has a name")
    values = attribute.get("values") or ()
    # CVAT gives the least, the most and the step as the values of a number.
    is_number = attribute.get("input_type") == "number"
    return LabelAttribute(attribute["name"], () if is_number else tuple(str(each) for each in values if each != ""))


def _unusable(file: Path, reason: str) -> LitError:
    return LitError(ErrorCode.UNSUPPORTED_MEDIA, f"{file.name} has no labels that can be used: {reason}")
