"""GraphQL over HTTP and WebSocket, for the generated client."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any, BinaryIO, cast

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from sam2_lit.client.errors import ConnectionFailed, ServerError, server_error
from sam2_lit.client.generated import GeneratedClient
from sam2_lit.errors import ErrorCode

_TRY_AGAIN_LATER = 1013
"""The close code of a server that has too many connections open."""

_CONNECT_SECONDS = 10.0
_SHORTEST_WAIT = 0.1


class Patience:
    """Waits between attempts to connect again, longer each time, for `seconds` in all."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.restore()

    def restore(self) -> None:
        """Begins again, after an attempt that succeeded."""
        self._left, self._next = self._seconds, _SHORTEST_WAIT

    async def wait(self) -> bool:
        """Waits until the next attempt; False at once where no time is left."""
        if self._left <= 0:
            return False
        waiting = min(self._next, self._left)
        await asyncio.sleep(waiting)
        self._left -= waiting
        self._next *= 2
        return True


class Connection(GeneratedClient):
    """The generated client, which here raises `ClientError`s and notices a subscription that broke off.

    The base class that ariadne-codegen generates skips results with errors, and ends in silence where a server closes
    the connection before the stream is complete.
    """

    def __init__(self, url: str, token: str | None, reconnect_seconds: float) -> None:
        """`url` is the server's, without `/graphql`."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        # Training, and tracking that a call needs first, take as long as they take.
        http = httpx.AsyncClient(base_url=url, headers=headers, timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS))
        # The generated type of it has positional arguments where httpx has keywords.
        super().__init__(url="/graphql", http_client=cast(Any, http))
        self.http = http
        self.reconnect_seconds = reconnect_seconds
        self._websocket_url = f"ws{url.removeprefix('http')}/graphql"
        self._initialization = {"type": "connection_init", "payload": headers}

    async def execute(
        self, query: str, operation_name: str | None = None, variables: dict[str, Any] | None = None, **kwargs: Any
    ) -> httpx.Response:
        """Sends a query or mutation. Raises ConnectionFailed."""
        try:
            response = await super().execute(query, operation_name, variables, **kwargs)
        except httpx.HTTPError as error:
            raise ConnectionFailed(f"{self.http.base_url} does not answer: {error or type(error).__name__}") from error
        assert isinstance(response, httpx.Response)
        return response

    def get_data(self, response: Any) -> dict[str, Any]:
        """The data of a response. Raises ServerError for its first error, ConnectionFailed where it is not GraphQL."""
        try:
            result = response.json()
        except ValueError:
            result = None
        if not isinstance(result, dict) or not {"data", "errors"} & result.keys():
            raise ConnectionFailed(f"{response.url} is no GraphQL server: it answered {response.status_code}")
        return _data(result)

    async def download(self, url: str, file: BinaryIO) -> None:
        """Writes what a URL of the server serves to `file`. Raises ServerError, ConnectionFailed."""
        try:
            async with self.http.stream("GET", url) as response:
                if response.is_error:
                    await response.aread()
                    self.get_data(response)
                async for chunk in response.aiter_bytes():
                    file.write(chunk)
        except httpx.HTTPError as error:
            raise ConnectionFailed(f"{url} does not answer: {error or type(error).__name__}") from error

    async def subscribe(
        self, query: str, operation_name: str, variables: dict[str, Any]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The data of each event of a subscription, over a WebSocket of its own (graphql-transport-ws).

        Closing the generator ends the subscription.

        Raises:
            ServerError: the first error of an event, or of the operation.
            ConnectionFailed: the connection was not made, or ended before the subscription was complete.
        """
        operation = {
            "query": query,
            "operationName": operation_name,
            "variables": self._convert_dict_to_json_serializable(variables),
        }
        try:
            async with connect(
                self._websocket_url,
                subprotocols=[Subprotocol("graphql-transport-ws")],
                open_timeout=_CONNECT_SECONDS,
                max_size=None,
            ) as websocket:
                await _send(websocket, self._initialization)
                async for message in websocket:
                    match json.loads(message):
                        case {"type": "connection_ack"}:
                            await _send(websocket, {"id": "1", "type": "subscribe", "payload": operation})
                        case {"type": "ping"}:
                            await _send(websocket, {"type": "pong"})
                        case {"type": "next", "payload": result}:
                            try:
                                yield _data(result)
                            except GeneratorExit:
                                # Without it the server would keep the subscription, to be resumed.
                                await _send(websocket, {"id": "1", "type": "complete"})
                                raise
                        case {"type": "error", "payload": [error, *_]}:
                            raise server_error(error)
                        case {"type": "complete"}:
                            return
        except ConnectionClosed as closed:
            raise _closing_error(closed) from closed
        except (OSError, WebSocketException) as error:
            raise ConnectionFailed(f"{self._websocket_url} cannot be connected to: {error}") from error
        raise ConnectionFailed("the server closed the connection before the subscription was complete")


def _data(result: dict[str, Any]) -> dict[str, Any]:
    if errors := result.get("errors"):
        raise server_error(errors[0])
    data: dict[str, Any] = result["data"]
    return data


async def _send(websocket: ClientConnection, message: dict[str, Any]) -> None:
    await websocket.send(json.dumps(message))


def _closing_error(closed: ConnectionClosed) -> ServerError | ConnectionFailed:
    code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")
    if code == _TRY_AGAIN_LATER:
        return server_error({"message": reason, "extensions": {"code": ErrorCode.CAPACITY_EXCEEDED.value}})
    return ConnectionFailed(f"the connection broke before the subscription was complete: {reason or closed}")
