"""Label classes of projects, and attributes of objects."""

from typing import Self

import strawberry

from sam2_lit.records import labels


@strawberry.type(description="An attribute that objects of a label may have.")
class LabelAttribute:
    name: str
    values: list[str] = strawberry.field(description="Those to offer; none where any text is meant.")


@strawberry.type(description="A class of objects of a project.")
class Label:
    name: str
    color: str = strawberry.field(description="#rrggbb")
    key: int | None = strawberry.field(description="The number key that chooses it, 1 to 9.")
    attributes: list[LabelAttribute]

    @classmethod
    def of(cls, label: labels.Label) -> Self:
        return cls(
            name=label.name,
            color=label.color,
            key=label.key,
            attributes=[LabelAttribute(name=each.name, values=list(each.values)) for each in label.attributes],
        )


@strawberry.type(description="An attribute of an object, in words of the annotator's choice.")
class Attribute:
    key: str
    value: str
