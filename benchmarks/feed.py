"""What a `loraTraining` subscription over a WebSocket costs the training, compared with no subscription.

The server is a separate process. The same correction of the sample video is trained repeatedly, with and without a
subscriber in turns; the seconds are those that the server reports.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from PIL import Image

from benchmarks.result import Result
from benchmarks.serving import CLOSE, START, serving
from sam2_lit.records import masks
from sam2_lit.sample import SAMPLE

FRAME = 30
ADD_MASK = "mutation ($i: AddMaskInput!) { addMask(input: $i) { frameIndex } }"
PROPAGATE_TO = "mutation ($i: PropagateToFrameInput!) { propagateToFrame(input: $i) { frameIndex } }"
TRAIN = "mutation ($i: TrainLoraInput!) { trainLora(input: $i) { steps seconds } }"
RESET = "mutation ($i: ResetLoraInput!) { resetLora(input: $i) { sessionId } }"
WATCH = "subscription ($i: String!) { loraTraining(sessionId: $i) { step loss iou adapter { adapterId } } }"


def run(repeats: int = 9) -> Iterator[Result]:
    """Seconds of a training with a subscriber and without."""
    watched, alone = asyncio.run(measure(repeats))
    ratio = median(without / seen for without, seen in zip(alone, watched, strict=True))
    yield Result("a training watched by loraTraining", median(watched), "s", median(alone), ratio, repeats)


async def measure(repeats: int) -> tuple[list[float], list[float]]:
    watched: list[float] = []
    alone: list[float] = []
    with serving(SAMPLE.parent) as server:
        url = f"ws://{server.address}/graphql"
        async with Client(transport=WebsocketsTransport(url=url), execute_timeout=None) as client:

            async def ask(operation: str, **variables: object) -> Any:
                request = gql(operation)
                request.variable_values = {"i": variables}
                [answer] = (await client.execute(request)).values()
                return answer

            session = {"sessionId": (await ask(START, path=f"sample/{SAMPLE.name}"))["sessionId"]}
            await ask(ADD_MASK, **session, objectId=1, frameIndex=0, rleMask=true_mask(1, 0))
            await ask(PROPAGATE_TO, **session, frameIndex=FRAME)
            # The look-alike's mask, which differs from the tracked one, so that there is something to learn.
            correction = {"objectId": 1, "frameIndex": FRAME, "rleMask": true_mask(3, FRAME)}
            for turn in range(repeats + 1):
                for seconds, watch in ((watched, True), (alone, False)):
                    async with AsyncExitStack() as stack:
                        if watch:
                            await stack.enter_async_context(watching(url, session["sessionId"]))
                        trained = await ask(TRAIN, **session, **correction)
                    await ask(RESET, **session, objectId=1)
                    if turn:
                        seconds.append(trained["seconds"])
            await ask(CLOSE, **session)
    return watched, alone


@asynccontextmanager
async def watching(url: str, session_id: str) -> Any:
    """Reads every step until the event with the adapter."""

    async def follow() -> None:
        async with Client(transport=WebsocketsTransport(url=url), execute_timeout=None) as client:
            request = gql(WATCH)
            request.variable_values = {"i": session_id}
            async for event in client.subscribe(request):
                if event["loraTraining"]["adapter"]:
                    return

    following = asyncio.create_task(follow())
    # A subscription is not acknowledged before its first event.
    await asyncio.sleep(0.5)
    yield
    await following


def true_mask(object_id: int, frame_index: int) -> dict[str, object]:
    labels = np.array(Image.open(Path(SAMPLE.parent) / "Annotations" / "sample" / f"{frame_index:05}.png"))
    rle = masks.encode(labels == object_id)
    return {"size": list(rle.size), "counts": rle.counts}


def main() -> None:
    for result in run():
        print(result)


if __name__ == "__main__":
    main()
