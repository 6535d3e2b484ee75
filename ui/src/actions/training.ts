import { call, subscribe } from "../api/client";
import { AdapterSources, CopyAdapters, ResetLora, SetLoraMode, TrainLora, Training } from "../api/documents";
import { ApiError } from "../api/errors";
import type { AdapterSourcesQuery, LoraMode } from "../api/generated/graphql";
import { clearNotice, notify, reportError } from "../store/notices";
import { displayName, findObject } from "../store/selectors";
import { getPage, onPageChange, setPage } from "../store/store";
import { frameKey, type TrainingRun } from "../store/types";
import { ensureSession } from "./newSession";
import { applySession, refreshObjects } from "./objects";

export type AdapterSource = AdapterSourcesQuery["adapterSources"][number];

const running = new Set<string>();
const queued = new Set<string>();
/** How long a correction rests before it is trained on, in milliseconds. */
const REST = 1500;
const resting = new Map<string, { timer: ReturnType<typeof setTimeout>; run: () => void }>();
/** The IoU after each step of the last training on a frame, by frame key. */
const curves = new Map<string, number[]>();
let unsubscribe: (() => void) | null = null;

/**
 * Trains on a correction once it has rested: after `REST` milliseconds without another one on the same frame, or when
 * another frame or object is worked on. Corrections of the same frame during the training are trained on together after it.
 */
export function trainOn(objectId: number, frame: number): void {
  const key = frameKey(objectId, frame);
  if (getPage().loraMode === "OFF") return;
  clearTimeout(resting.get(key)?.timer);
  const run = () => {
    resting.delete(key);
    trainNow(objectId, frame);
  };
  resting.set(key, { timer: setTimeout(run, REST), run });
}

/** Trains on the corrections that rest. */
export function trainOnResting(): void {
  for (const { timer, run } of [...resting.values()]) {
    clearTimeout(timer);
    run();
  }
}

/** Does not train on a correction that is taken back. */
export function cancelTraining(objectId: number, frame: number): void {
  const key = frameKey(objectId, frame);
  clearTimeout(resting.get(key)?.timer);
  resting.delete(key);
  queued.delete(key);
}

/** Trains at once when another frame or object is worked on, when tracking starts, and when the page is left. */
export function watchCorrections(): void {
  onPageChange((now, before) => {
    const moved = now.frame !== before.frame || now.selected !== before.selected || (now.tracking && !before.tracking);
    if (moved && resting.size) trainOnResting();
  });
  addEventListener("pagehide", trainOnResting);
}

function trainNow(objectId: number, frame: number): void {
  const key = frameKey(objectId, frame);
  if (running.has(key)) {
    queued.add(key);
    return;
  }
  running.add(key);
  void train(objectId, frame).finally(() => {
    running.delete(key);
    if (queued.delete(key)) trainNow(objectId, frame);
  });
}

async function train(objectId: number, frame: number): Promise<void> {
  const { sessionId } = getPage();
  clearNotice("learn");
  curves.delete(frameKey(objectId, frame));
  setPage({ training: { objectId, frame, ious: [], steps: 0, adapter: null } });
  try {
    const { trainLora } = await call(TrainLora, { input: { sessionId: sessionId!, objectId, frameIndex: frame } });
    if (getPage().sessionId !== sessionId) return;
    finish({ objectId, frame, ious: curves.get(frameKey(objectId, frame)) ?? [], steps: trainLora.steps, adapter: trainLora });
    await refreshObjects();
  } catch (error) {
    setPage({ training: null });
    if (error instanceof ApiError && error.code === "FEATURES_NOT_CAPTURED") {
      const name = displayName(findObject(objectId) ?? { objectId, name: "" });
      notify("learn", `The correction is saved, but there is nothing to learn from frame ${frame}: tracking ${name} starts there.`, "note");
    } else {
      reportError("learn", error);
    }
  }
}

/** Called for the mutation's response and for the subscription's last event, which arrive in either order. */
function finish(run: TrainingRun): void {
  setPage(({ training }) => {
    const isShown = training?.objectId === run.objectId && training.frame === run.frame;
    return { lastRun: run, training: isShown ? null : training };
  });
}

/** A training that was answered goes on while the device is idle: its curve grows, and the page stays as it is. */
function extendLastRun(key: string, ious: number[]): void {
  setPage(({ lastRun }) => (lastRun && frameKey(lastRun.objectId, lastRun.frame) === key ? { lastRun: { ...lastRun, ious } } : {}));
}

/** Shows every training step of a session, whichever client started the training; null stops. */
export function watchTraining(sessionId: string | null): void {
  unsubscribe?.();
  unsubscribe = null;
  if (sessionId === null) return;
  unsubscribe = subscribe(
    Training,
    { sessionId },
    ({ loraTraining: { objectId, frameIndex, step, steps, iou, adapter, background } }) => {
      const key = frameKey(objectId, frameIndex);
      const before = step > 1 || adapter ? (curves.get(key) ?? []) : [];
      const ious = adapter ? before : [...before, iou];
      curves.set(key, ious);
      if (background && !adapter) return extendLastRun(key, ious);
      const run: TrainingRun = { objectId, frame: frameIndex, ious, steps, adapter: adapter ?? null };
      if (!adapter) return setPage({ training: run });
      finish(run);
      refreshObjects().catch((error: unknown) => reportError("learn", error));
    },
    (error) => {
      if (error && getPage().sessionId === sessionId) reportError("learn", error);
    },
  );
}

export async function setLoraMode(mode: LoraMode): Promise<void> {
  const { loraMode } = getPage();
  setPage({ loraMode: mode });
  try {
    clearNotice("learn");
    await call(SetLoraMode, { input: { sessionId: await ensureSession(), mode } });
    // The answer to an earlier question, when it is late, has the mode of before.
    await refreshObjects();
  } catch (error) {
    setPage({ loraMode });
    reportError("learn", error);
  }
}

export async function removeAdapters(): Promise<void> {
  try {
    clearNotice("learn");
    applySession((await call(ResetLora, { sessionId: getPage().sessionId! })).resetLora);
    setPage({ lastRun: null, suggested: new Set() });
  } catch (error) {
    reportError("learn", error);
  }
}

/** The objects of other sessions whose adapters an object may start from; none where the server cannot say. */
export async function adapterSources(objectId: number): Promise<AdapterSource[]> {
  const { sessionId } = getPage();
  if (sessionId === null) return [];
  try {
    return (await call(AdapterSources, { sessionId, objectId })).adapterSources;
  } catch {
    return [];
  }
}

/** Gives an object copies of another one's adapters. */
export async function copyAdapters(objectId: number, { sessionId: sourceSessionId, objectId: sourceObjectId }: AdapterSource): Promise<void> {
  try {
    clearNotice("learn");
    await call(CopyAdapters, { input: { sessionId: getPage().sessionId!, objectId, sourceSessionId, sourceObjectId } });
    await refreshObjects();
  } catch (error) {
    reportError("learn", error);
  }
}
