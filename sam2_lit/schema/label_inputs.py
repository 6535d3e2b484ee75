"""GraphQL inputs of labels and attributes."""

from collections.abc import Sequence

import strawberry

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.labels import LabelAttribute, LabelDraft


@strawberry.input
class LabelAttributeInput:
    name: str
    values: list[str] = strawberry.field(
        default_factory=list, description="Those to offer; none where any text is meant."
    )


@strawberry.input
class LabelInput:
    name: str
    color: str | None = strawberry.field(default=None, description="#rrggbb; null: one by its place.")
    key: int | None = strawberry.field(
        default=None, description="The number key that chooses it, 1 to 9; null: the next that is free, if any."
    )
    attributes: list[LabelAttributeInput] = strawberry.field(default_factory=list)

    def draft(self) -> LabelDraft:
        attributes = tuple(LabelAttribute(each.name, tuple(each.values)) for each in self.attributes)
        return LabelDraft(self.name, self.color, self.key, attributes)


@strawberry.input(description="labels null: those of the file in the folder of the video again.")
class SetLabelsInput:
    session_id: str
    labels: list[LabelInput] | None


@strawberry.input
class AttributeInput:
    key: str
    value: str


@strawberry.input(description="What is null or not given stays as it is.")
class LabelObjectInput:
    session_id: str
    object_id: int
    label: str | None = strawberry.field(
        default=None,
        description="One of the project's labels, or any name where it has none; an empty one removes the label.",
    )
    attributes: list[AttributeInput] | None = strawberry.field(
        default=None, description="All attributes of the object, in place of its earlier ones."
    )


def attributes_of(given: Sequence[AttributeInput] | None) -> dict[str, str] | None:
    """Attributes by key; None where none are given. Raises LitError (INVALID_PROMPT) where a key is given twice."""
    if given is None:
        return None
    found: dict[str, str] = {}
    for each in given:
        if each.key in found:
            raise LitError(ErrorCode.INVALID_PROMPT, f"attribute {each.key!r} is given twice; give each key once")
        found[each.key] = each.value
    return found
