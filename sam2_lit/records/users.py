"""Who asks, and whose alone something is."""

from contextvars import ContextVar
from dataclasses import dataclass

from sam2_lit.errors import ErrorCode, LitError

MAX_USER = 100

current_user: ContextVar[str | None] = ContextVar("current_user", default=None)
"""The user whose call is served; None where the server has no users, and for what the server does by itself."""


def is_user_name(name: str) -> bool:
    """Whether a name can be a user's: up to 100 printable characters without whitespace and commas."""
    return 0 < len(name) <= MAX_USER and name.isprintable() and not any(each.isspace() or each == "," for each in name)


@dataclass(frozen=True)
class Owner:
    """Who made a session, an upload or an export, and who may see it.

    Attributes:
        user: None where the server had no users.
        is_private: whether only this user may see it.
    """

    user: str | None = None
    is_private: bool = False

    @classmethod
    def of_new(cls, is_private: bool) -> "Owner":
        """The owner of what the current user makes. Raises LitError (BAD_REQUEST) where there are no users."""
        user = current_user.get()
        if is_private and user is None:
            raise LitError(
                ErrorCode.BAD_REQUEST,
                "private is for servers with users (--tokens or --user-header); here everyone sees everything",
            )
        return cls(user, is_private)

    def admits(self, user: str | None) -> bool:
        """Whether a user may see it."""
        return not self.is_private or user is None or user == self.user

    def admits_current(self) -> bool:
        """Whether the current user may see it."""
        return self.admits(current_user.get())


NO_OWNER = Owner()
"""Of what was made without users."""
