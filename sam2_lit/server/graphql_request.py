"""Reads a GraphQL request from HTTP: JSON, a multipart upload, or the query string."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sam2_lit.server.error_responses import BadRequest
from sam2_lit.server.persisted_documents import PersistedDocuments
from sam2_lit.server.request_limits import RequestLimits

_JSON = "application/json"
_FORM = "multipart/form-data"


@dataclass(frozen=True)
class GraphQLRequest:
    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: dict[str, Any]


def is_operation(request: Request) -> bool:
    """Whether a request holds an operation; a GET without one is for a page or a stream."""
    return request.method == "POST" or not request.query_params.keys().isdisjoint({"query", "extensions"})


async def read_request(request: Request, limits: RequestLimits, documents: PersistedDocuments) -> GraphQLRequest:
    """The request, with its document where it names one by a hash, and with the files of an upload in its variables.

    Raises:
        LitError: BAD_REQUEST where it is malformed, and what `limits` and `documents` refuse.
    """
    content_type = request.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if request.method != "POST":
        parameters = _query_string(request, limits)
    elif content_type == _JSON:
        parameters = _limited(await request.body(), "the body", limits)
    elif content_type == _FORM:
        parameters = await _upload(request, limits)
    else:
        said = f"is {content_type!r}" if content_type else "is missing"
        raise BadRequest(
            f"the body's Content-Type {said}; send {_JSON}, or {_FORM} for an upload",
            status=415,
            headers={"Accept-Post": f"{_JSON}, {_FORM}"},
        )
    _check(parameters)
    limits.check_document(parameters.get("query"))
    query = documents.find(parameters.get("query"), parameters.get("extensions"))
    if not query:
        raise BadRequest("the request has no query; send a GraphQL document as `query`")
    return GraphQLRequest(
        query,
        parameters.get("variables"),
        parameters.get("operationName") or None,
        parameters.get("extensions") or {},
    )


def decode_json(text: str | bytes, what: str) -> Any:
    """The value. Raises BadRequest, which says that `what` is not JSON, also where it is nested too deeply."""
    try:
        return json.loads(text)
    except RecursionError:
        raise BadRequest(f"{what} is nested too deeply; send something flatter") from None
    except ValueError as error:
        # Also an encoding that is not UTF-8, and an integer with more digits than Python reads.
        raise BadRequest(f"{what} is not JSON: {error}") from error


def _limited(text: str | bytes, what: str, limits: RequestLimits) -> Any:
    limits.check_values(text)
    return decode_json(text, what)


def _check(parameters: Any) -> None:
    if isinstance(parameters, list):
        raise BadRequest("batches are not supported; send each operation in a request of its own")
    if not isinstance(parameters, dict):
        raise BadRequest('the request is no JSON object; send {"query": "…", "variables": {…}}')
    for name, kind, right in (
        ("query", str, "a string"),
        ("variables", dict, "an object"),
        ("operationName", str, "a string"),
        ("extensions", dict, "an object"),
    ):
        if not isinstance(parameters.get(name), (kind, type(None))):
            raise BadRequest(f"{name} must be {right} or null")


def _query_string(request: Request, limits: RequestLimits) -> dict[str, Any]:
    parameters: dict[str, Any] = {**request.query_params}
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _limited(parameters[name], name, limits) if parameters[name] else None
    return parameters


async def _upload(request: Request, limits: RequestLimits) -> Any:
    """`operations` with each file at the paths that `map` gives it (GraphQL multipart request specification)."""
    try:
        form = await request.form()
    except ValueError as error:
        raise BadRequest(f"the form cannot be read: {error}") from error
    operations, paths_of_files = (_json_field(form, name, limits) for name in ("operations", "map"))
    if not isinstance(paths_of_files, dict):
        raise BadRequest('map must be an object such as {"0": ["variables.file"]}')
    for field, paths in paths_of_files.items():
        file = form.get(field)
        if not isinstance(file, UploadFile):
            raise BadRequest(f"map names the file {field!r}, which the form does not have")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise BadRequest(f'map must have a list of paths for {field!r}, such as ["variables.file"]')
        for path in paths:
            _put(operations, path, file)
    return operations


def _json_field(form: Mapping[str, Any], name: str, limits: RequestLimits) -> Any:
    text = form.get(name)
    if not isinstance(text, str):
        raise BadRequest(f"the form has no field {name!r}; send operations, map and the files, in this order")
    return _limited(text, name, limits)


def _put(operations: Any, path: str, file: UploadFile) -> None:
    *parents, last = path.split(".")
    place = operations
    try:
        for key in parents:
            place = place[int(key)] if isinstance(place, list) else place[key]
        if isinstance(place, list):
            place[int(last)] = file
        else:
            place[last] = file
    except (KeyError, IndexError, ValueError, TypeError):
        raise BadRequest(f"map names the path {path!r}, which operations does not have") from None
