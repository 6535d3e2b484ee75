import { call } from "../api/client";
import { AddBox, AddCorrection, AddMask, AddPoints, ApplyLoraCandidate, ClearPointsInFrame } from "../api/documents";
import type { FramePartsFragment } from "../api/generated/graphql";
import { isMask, isSame, newMask } from "../masks/mask";
import { findObject } from "../store/selectors";
import { changeObject, getPage, masks, masksChanged } from "../store/store";
import type { Prompt } from "../store/types";
import { refreshObjects, sendDescription } from "./objects";

/** `corrects` sends the prompt as a correction of a tracked frame. */
export async function sendPrompt(objectId: number, frame: number, prompt: Prompt, corrects: boolean): Promise<void> {
  const { sessionId, video } = getPage();
  const target = { sessionId: sessionId!, objectId, frameIndex: frame };
  const rleMask = (counts: string) => ({ size: [video!.height, video!.width], counts });
  let answer: FramePartsFragment;
  if (prompt.kind === "candidate") {
    answer = (await call(ApplyLoraCandidate, { input: { ...target, adapterId: prompt.adapterId } })).applyLoraCandidate;
  } else if (corrects) {
    const given =
      prompt.kind === "points"
        ? { points: prompt.points, labels: prompt.labels }
        : prompt.kind === "box"
          ? { box: prompt.box }
          : { rleMask: rleMask(prompt.counts) };
    // A separate call trains afterwards, so that the mask does not wait for the training.
    answer = (await call(AddCorrection, { input: { ...target, ...given, trainLora: false } })).addCorrection.frame;
  } else if (prompt.kind === "points") {
    const input = { ...target, points: prompt.points, labels: prompt.labels, clearOldPoints: false };
    answer = (await call(AddPoints, { input })).addPoints;
  } else if (prompt.kind === "box") {
    answer = (await call(AddBox, { input: { ...target, box: prompt.box } })).addBox;
  } else {
    answer = (await call(AddMask, { input: { ...target, rleMask: rleMask(prompt.counts) } })).addMask;
  }
  const isFirst = markPrompted(objectId, frame);
  applyAnswer(answer);
  if (isFirst) await sendDescription(objectId);
}

export async function clearPrompts(objectId: number, frame: number): Promise<void> {
  const input = { sessionId: getPage().sessionId!, objectId, frameIndex: frame };
  const { clearPointsInFrame } = await call(ClearPointsInFrame, { input });
  const before = findObject(objectId)?.promptedFrames ?? [];
  const promptedFrames = before.filter((prompted) => prompted !== frame);
  changeObject(objectId, { promptedFrames });
  // The server removes all masks of an object along with its last prompt.
  if (before.length > 0 && promptedFrames.length === 0) masks.removeObject(objectId);
  applyAnswer(clearPointsInFrame);
}

/** Stores a frame's masks after a change of an object's prompts. */
function applyAnswer({ frameIndex, rleMaskList }: FramePartsFragment): void {
  masks.replace(frameIndex, rleMaskList.filter(isMask).map((fields) => {
    const old = masks.get(frameIndex, fields.objectId);
    return old && isSame(old, fields) ? old : newMask(fields, old?.reverse ?? false);
  }));
  masksChanged();
  // Which masks are stale now comes after the mask, which is not to wait for it.
  void refreshObjects().catch(() => {});
}

/** Returns whether this was the object's first prompt. */
function markPrompted(objectId: number, frame: number): boolean {
  const prompted = findObject(objectId)?.promptedFrames ?? [];
  if (!prompted.includes(frame)) changeObject(objectId, { promptedFrames: [...prompted, frame].sort((a, b) => a - b) });
  return prompted.length === 0;
}
