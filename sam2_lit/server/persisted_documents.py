"""Documents that clients name by a hash: automatic persisted queries, and a list of the only ones that are executed.

Protocol: https://www.apollographql.com/docs/apollo-server/performance/apq
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphql import DocumentNode, GraphQLError, parse, print_ast

import sam2_lit
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.schema.documents import parse_document
from sam2_lit.server.error_responses import BadRequest

PAGE = "page"
_PAGE_DOCUMENTS = Path(sam2_lit.__path__[0]) / "static" / "page" / "documents.json"

_MOST_DOCUMENTS = 1000
_MOST_CHARACTERS = 4 * 2**20
"""Of the documents that are cached for automatic persisted queries."""


def is_persisted(parameters: Mapping[str, Any]) -> bool:
    """Whether a request names its document by a hash."""
    extensions = parameters.get("extensions")
    return isinstance(extensions, dict) and extensions.get("persistedQuery") is not None


class AllowedDocuments:
    """The only documents that a closed installation executes."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        """`documents` are texts by the ids under which clients may name them."""
        self._by_id = documents
        self._normalized = {_normalized(parse(text)) for text in documents.values()}
        self._found: set[str] = set()

    @classmethod
    def read(cls, source: str) -> "AllowedDocuments":
        """Those of the annotation page (`page`), or of a JSON file: `{id: text}`, or Apollo's manifest.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no such file, or a document has a syntax error.
        """
        path = _PAGE_DOCUMENTS if source == PAGE else Path(source)
        content = json.loads(path.read_bytes())
        if isinstance(content, dict) and isinstance(content.get("operations"), list):
            manifest = [each for each in content["operations"] if isinstance(each, dict)]
            content = {each.get("id"): each.get("body") for each in manifest}
        if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
            raise ValueError('it must be a JSON object of documents by id, {"<sha256>": "query …"}')
        try:
            return cls(content)
        except GraphQLError as error:
            raise ValueError(f"a document has a syntax error: {error.message}") from error

    def find(self, text: str | None, identifier: str | None) -> str:
        """The document of an id, or the text where it is on the list, in any layout and order.

        Raises LitError (PERSISTED_QUERY_NOT_IN_LIST) for any other.
        """
        if text is not None:
            if text in self._found or self._is_listed(text):
                return text
        elif (found := self._by_id.get(identifier or "")) is not None:
            return found
        raise LitError(
            ErrorCode.PERSISTED_QUERY_NOT_IN_LIST,
            "this server executes only the documents of its list (--persisted-only), and this one is not on it",
        )

    def _is_listed(self, text: str) -> bool:
        document = parse_document(text, max_tokens=len(text))
        if document is None or _normalized(document) not in self._normalized:
            return False
        # Clients send the same texts again and again.
        if len(self._found) < _MOST_DOCUMENTS:
            self._found.add(text)
        return True


class PersistedDocuments:
    """Finds the document of a request, by its text or by its SHA-256 hash.

    A document that was sent with its hash is found by the hash from then on, until 1,000 others or 4 million characters
    of others were used since. With a list of allowed documents, these are the only ones that are found.
    """

    def __init__(self, allowed: AllowedDocuments | None = None) -> None:
        self._allowed = allowed
        self._cached: OrderedDict[str, str] = OrderedDict()
        self._characters = 0

    def find(self, text: str | None, extensions: Mapping[str, Any] | None) -> str | None:
        """The text of the document to execute; None where the request has neither text nor hash.

        Raises LitError: PERSISTED_QUERY_NOT_FOUND where the hash is unknown, so that clients send the text with it;
        PERSISTED_QUERY_NOT_IN_LIST; BAD_REQUEST where hash or version are wrong.
        """
        named = (extensions or {}).get("persistedQuery")
        if text is None and named is None:
            return None
        identifier = None if named is None else _hash(named)
        if self._allowed is not None:
            return self._allowed.find(text, identifier)
        if identifier is None:
            return text
        if text is None:
            return self._find(identifier)
        if hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest() != identifier:
            raise BadRequest("the document's SHA-256 is not the sha256Hash that was sent with it")
        self._cache(identifier, text)
        return text

    def _find(self, identifier: str) -> str:
        text = self._cached.get(identifier)
        if text is None:
            # The message too is what Apollo's clients recognize.
            raise LitError(ErrorCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        self._cached.move_to_end(identifier)
        return text

    def _cache(self, identifier: str, text: str) -> None:
        self._characters += len(text) - len(self._cached.pop(identifier, ""))
        self._cached[identifier] = text
        while len(self._cached) > _MOST_DOCUMENTS or self._characters > _MOST_CHARACTERS:
            self._characters -= len(self._cached.popitem(last=False)[1])


def _normalized(document: DocumentNode) -> str:
    """The document as graphql-core prints it, with its operations and fragments sorted, since generators order them."""
    return "\n".join(sorted(print_ast(definition) for definition in document.definitions))


def _hash(named: object) -> str:
    """The hash of `extensions.persistedQuery`. Raises BadRequest where there is none, or by another protocol."""
    if not isinstance(named, dict) or not isinstance(named.get("sha256Hash"), str):
        raise BadRequest('persistedQuery must be {"version": 1, "sha256Hash": "…"}')
    if named.get("version") != 1:
        raise BadRequest(f"persistedQuery has the version {named.get('version')!r}; this server has version 1")
    return str(named["sha256Hash"])
