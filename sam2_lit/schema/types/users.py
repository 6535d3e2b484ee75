"""Users."""

from typing import Annotated, Self

import strawberry

from sam2_lit.records.users import current_user

OfUser = Annotated[str | None, strawberry.argument(description="Only those that the user with this name started.")]


@strawberry.type(description="The user who asks.")
class Viewer:
    name: str

    @classmethod
    def current(cls) -> Self | None:
        user = current_user.get()
        return None if user is None else cls(name=user)
