"""Limits of a GraphQL request that are checked before it is decoded, on the event loop."""

from dataclasses import dataclass

from sam2_lit.errors import ErrorCode, LitError

_CHARACTERS_PER_TOKEN = 5
_OTHER_VALUES = 1000
_VALUES_PER_POINT = 4


@dataclass(frozen=True)
class RequestLimits:
    """What a request may hold, from the settings `max_points` and `max_tokens`.

    graphql-core takes some tens of microseconds for each value of the variables and about one for each character of a
    document's strings, in which nothing else runs.
    """

    max_points: int
    max_tokens: int

    def check_values(self, json: str | bytes) -> None:
        """Raises LitError (INVALID_PROMPT) where there are more values than the points of a prompt need."""
        allowed = _VALUES_PER_POINT * self.max_points + _OTHER_VALUES
        # Every value follows a comma or begins something nested. A compressed mask has no comma.
        values = json.count(b",") if isinstance(json, bytes) else json.count(",")
        if values > allowed:
            raise LitError(
                ErrorCode.INVALID_PROMPT,
                f"the request has {values} values; at most {allowed} are read, enough for a prompt of "
                f"{self.max_points} points",
            )

    def check_document(self, document: object) -> None:
        """Raises LitError (CAPACITY_EXCEEDED) where a GraphQL document is too long."""
        allowed = _CHARACTERS_PER_TOKEN * self.max_tokens
        if isinstance(document, str) and len(document) > allowed:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"the document has {len(document)} characters; at most {allowed} are allowed; send masks as variables",
            )
