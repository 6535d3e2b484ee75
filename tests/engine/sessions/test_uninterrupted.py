import asyncio
import gc
from typing import Any

import pytest

from sam2_lit.engine.sessions.uninterrupted import uninterrupted
from sam2_lit.errors import ErrorCode, LitError


class Calls:
    def __init__(self) -> None:
        self.running_calls: set[asyncio.Task[Any]] = set()
        self.go = asyncio.Event()

    @uninterrupted
    async def fail(self, error: Exception) -> None:
        await self.go.wait()
        raise error


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (LitError(ErrorCode.NO_PROMPTS, "there are no prompts"), []),
        (KeyError("wrong"), ["a call failed after its client had left"]),
    ],
    ids=["expected", "unexpected"],
)
async def test_what_an_abandoned_call_raises_is_logged_where_it_is_unexpected_and_never_by_asyncio(
    error: Exception, lines: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    calls = Calls()
    waiting = asyncio.ensure_future(calls.fail(error))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    del waiting

    calls.go.set()
    while calls.running_calls:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()

    assert [record.message for record in caplog.records] == lines
