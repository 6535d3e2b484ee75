"""Annotates a video that has ground truth, as a person would, through the GraphQL API.

Prompts an object with its first mask, propagates, corrects the frame with the lowest IoU, propagates again, and prints
how much the correction improved the masks. It needs a running server (`scripts/serve`).

    examples/annotate.py                                              the sample video
    examples/annotate.py --davis DIR --sequence tennis --object 1     with `scripts/serve --videos DIR/JPEGImages/480p`
"""

import argparse
import asyncio
from pathlib import Path

import numpy as np
from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.websockets import WebsocketsTransport
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco

SAMPLE = Path(__file__).parents[1] / "sam2_lit" / "sample" / "Annotations" / "sample"

START = "mutation ($input: StartSessionInput!) { startSession(input: $input) { sessionId } }"
ADD_MASK = "mutation ($input: AddMaskInput!) { addMask(input: $input) { frameIndex } }"
ADD_CORRECTION = """mutation ($input: AddCorrectionInput!) {
  addCorrection(input: $input) {
    adapter { adapterId rank baselineIou trainingIou steps seconds }
    skipped
  }
}"""
PROPAGATE = """subscription ($input: PropagateInVideoInput!) {
  propagateInVideo(input: $input) {
    frameIndex completed total
    rleMaskList { objectId rleMask { size counts } }
  }
}"""
CLOSE = "mutation ($input: CloseSessionInput!) { closeSession(input: $input) { success } }"

Mask = NDArray[np.bool_]


async def ask(session: AsyncClientSession, operation: str, **variables: object) -> dict:
    request = gql(operation)
    request.variable_values = {"input": variables}
    return await session.execute(request)


async def propagate(session: AsyncClientSession, session_id: str, object_id: int) -> dict[int, Mask]:
    """The object's mask by frame, bool [H, W], from one propagation over the whole video."""
    request = gql(PROPAGATE)
    request.variable_values = {"input": {"sessionId": session_id}}
    masks = {}
    async for event in session.subscribe(request):
        frame = event["propagateInVideo"]
        print(f"\r  frame {frame['completed']} of {frame['total']}", end="", flush=True)
        for each in frame["rleMaskList"]:
            if each["objectId"] == object_id:
                masks[frame["frameIndex"]] = decode(each["rleMask"])
    print()
    return masks


async def annotate(url: str, path: str, annotations: Path, object_id: int) -> None:
    truth = [
        np.asarray(Image.open(file)) == object_id
        for file in sorted(annotations.glob("*.png"), key=lambda file: int(file.stem))
    ]
    async with Client(transport=WebsocketsTransport(url=url)) as session:
        started = await ask(session, START, path=path)
        session_id = started["startSession"]["sessionId"]
        print(f"{path}, object {object_id}: {len(truth)} frames. First mask given; propagating.")
        await ask(session, ADD_MASK, sessionId=session_id, objectId=object_id, frameIndex=0, rleMask=encode(truth[0]))
        before = await propagate(session, session_id, object_id)

        # Frames that do not show the object are not corrected: there is no mask to draw.
        worst = min(
            (index for index in range(1, len(truth)) if truth[index].any()),
            key=lambda index: iou(before[index], truth[index]),
        )
        print(f"Frame {worst} has the lowest IoU, {iou(before[worst], truth[worst]):.3f}. Correcting it.")
        answer = await ask(
            session,
            ADD_CORRECTION,
            sessionId=session_id,
            objectId=object_id,
            frameIndex=worst,
            rleMask=encode(truth[worst]),
        )
        adapter = answer["addCorrection"]["adapter"]
        if adapter is None:
            print(f"No adapter trained: {answer['addCorrection']['skipped']}")
        else:
            print(
                f"Adapter {adapter['adapterId']}, rank {adapter['rank']}: IoU on frame {worst} from "
                f"{adapter['baselineIou']:.3f} to {adapter['trainingIou']:.3f} in {adapter['steps']} steps, "
                f"{adapter['seconds']:.2f} s. Propagating."
            )
        after = await propagate(session, session_id, object_id)
        others = [index for index in range(1, len(truth)) if index != worst]
        print(f"J before {mean_iou(before, truth, range(1, len(truth))):.3f}", end=", ")
        print(f"after {mean_iou(after, truth, range(1, len(truth))):.3f}; ", end="")
        print(
            f"without the corrected frame {mean_iou(before, truth, others):.3f}, {mean_iou(after, truth, others):.3f}"
        )
        await ask(session, CLOSE, sessionId=session_id)


def mean_iou(masks: dict[int, Mask], truth: list[Mask], frames: list[int] | range) -> float:
    return float(np.mean([iou(masks[index], truth[index]) for index in frames]))


def iou(a: Mask, b: Mask) -> float:
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0


def encode(mask: Mask) -> dict[str, object]:
    rle = coco.encode(np.asfortranarray(mask, dtype=np.uint8))
    return {"size": [int(side) for side in rle["size"]], "counts": rle["counts"].decode()}


def decode(rle: dict) -> Mask:
    return coco.decode({"size": rle["size"], "counts": rle["counts"].encode()}).astype(bool)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="ws://127.0.0.1:7263/graphql")
    parser.add_argument("--davis", type=Path, help="a data set in DAVIS layout whose frames the server serves")
    parser.add_argument("--sequence", help="a sequence of that data set")
    parser.add_argument("--object", type=int, default=1, help="the object's value in the annotations")
    arguments = parser.parse_args()
    if (arguments.davis is None) != (arguments.sequence is None):
        parser.error("--davis and --sequence must be given together")
    if arguments.davis is None:
        path, annotations = "sample/sample.mp4", SAMPLE
    else:
        path = f"videos/{arguments.sequence}"
        annotations = next(arguments.davis.glob(f"Annotations/*/{arguments.sequence}"))
    asyncio.run(annotate(arguments.url, path, annotations, arguments.object))


if __name__ == "__main__":
    main()
