"""The label classes of a project, and the attributes of objects, with their checks."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sam2_lit.errors import ErrorCode, LitError

MAX_LABELS = 1000
MAX_ATTRIBUTES = 50
MAX_LABEL_NAME = 100
MAX_VALUE = 1000
LABEL_FILES = ("labels.json", "labels.yaml", "labels.yml")
"""The names of the file in a folder of videos that has the labels of its project; the first that is there is read."""

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
# Okabe and Ito's colors, which are told apart with any color vision.
_COLORS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999")


@dataclass(frozen=True)
class LabelAttribute:
    """An attribute that objects of a label may have; `values` are offered for it, none where any text is meant."""

    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Label:
    """A class of objects.

    Attributes:
        name: unique in its project.
        color: #rrggbb.
        key: the number key that chooses it, 1 to 9, unique in its project; None without one.
        attributes: those that are offered for its objects.
    """

    name: str
    color: str
    key: int | None
    attributes: tuple[LabelAttribute, ...] = ()


@dataclass(frozen=True)
class LabelDraft:
    """A label as somebody wrote it: without a color or key, it gets one by its place."""

    name: str
    color: str | None = None
    key: int | None = None
    attributes: tuple[LabelAttribute, ...] = ()


def project_of(path: str) -> str:
    """The project of a video by its path: the folder that it is in."""
    return str(PurePosixPath(path).parent)


def checked_labels(drafts: Sequence[LabelDraft]) -> tuple[Label, ...]:
    """Labels with colors and keys, in the given order. Raises LitError (INVALID_PROMPT) that names what is wrong."""
    if len(drafts) > MAX_LABELS:
        raise _invalid(f"there are {len(drafts)} labels; a project has at most {MAX_LABELS}")
    for draft in drafts:
        check_text("name of a label", draft.name)
        if draft.color is not None and _COLOR.fullmatch(draft.color) is None:
            raise _invalid(f"the color of label {draft.name!r} is {draft.color!r}; it must have the form #rrggbb")
        if draft.key is not None and not 1 <= draft.key <= 9:
            raise _invalid(f"the key of label {draft.name!r} is {draft.key}; keys are 1 to 9")
        if len(draft.attributes) > MAX_ATTRIBUTES:
            raise _invalid(
                f"label {draft.name!r} has {len(draft.attributes)} attributes; it may have {MAX_ATTRIBUTES} at most"
            )
        for attribute in draft.attributes:
            check_text("name of an attribute", attribute.name)
            if len(attribute.values) > MAX_LABELS or not all(map(_is_value, attribute.values)):
                raise _invalid(f"the values of attribute {attribute.name!r} are too many, or no text of a line")
        _check_unique(f"attribute of label {draft.name!r}", (attribute.name for attribute in draft.attributes))
    _check_unique("label", (draft.name for draft in drafts))
    _check_unique("key", (draft.key for draft in drafts if draft.key is not None))
    taken = {draft.key for draft in drafts}
    free = iter(key for key in range(1, 10) if key not in taken)
    return tuple(
        Label(
            draft.name,
            (draft.color or _COLORS[place % len(_COLORS)]).lower(),
            draft.key if draft.key is not None else next(free, None),
            draft.attributes,
        )
        for place, draft in enumerate(drafts)
    )


def check_attributes(attributes: Mapping[str, str]) -> None:
    """Raises LitError (INVALID_PROMPT) where they are not what an object may have."""
    if len(attributes) > MAX_ATTRIBUTES:
        raise _invalid(f"there are {len(attributes)} attributes; an object has at most {MAX_ATTRIBUTES}")
    for key, value in attributes.items():
        check_text("key of an attribute", key)
        if not _is_value(value):
            raise _invalid(
                f"the value of attribute {key!r} is too long or has control characters; it may be text of up to "
                f"{MAX_VALUE} characters"
            )


def check_text(what: str, text: str) -> None:
    """Raises LitError (INVALID_PROMPT) where a name is empty, too long, or has control characters."""
    if not text.strip() or text != text.strip():
        raise _invalid(f"the {what} is {text!r}; it must not be empty, nor begin or end with a space")
    if len(text) > MAX_LABEL_NAME or not _is_text(text):
        raise _invalid(
            f"the {what} is too long or has control characters; it may be text of up to {MAX_LABEL_NAME} characters"
        )


def _check_unique(what: str, found: Iterable[object]) -> None:
    for each, count in Counter(found).items():
        if count > 1:
            raise _invalid(f"{what} {each!r} is given {count} times; it must be unique")


def _is_value(text: str) -> bool:
    return len(text) <= MAX_VALUE and _is_text(text)


def _is_text(text: str) -> bool:
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def _invalid(message: str) -> LitError:
    return LitError(ErrorCode.INVALID_PROMPT, message)
