import { call, subscribe } from "./api/client";
import { Candidates, ResetLora, SetLoraMode, TrainLora, Training } from "./api/documents";
import { ApiError } from "./api/errors";
import type { LoraMode } from "./api/generated/graphql";
import { isPrompted } from "./prompts";
import { refreshObjects, refused, takeSession } from "./session";
import { keyOf, masks, objectNamed, onPage, page, say, setPage, type TrainingRun } from "./store";

const SETTLED = 120;
const running = new Set<string>();
const again = new Set<string>();
/** The IoU after each step of the last training on a frame, "object:frame". */
const curves = new Map<string, number[]>();
let unwatch: (() => void) | null = null;

/** Trains on a correction at once. Corrections of one frame that come meanwhile are learned together after it. */
export function learn(objectId: number, frame: number): void {
  const key = keyOf(objectId, frame);
  if (page().loraMode === "OFF") return;
  if (running.has(key)) {
    again.add(key);
    return;
  }
  running.add(key);
  void train(objectId, frame).finally(() => {
    running.delete(key);
    if (again.delete(key)) learn(objectId, frame);
  });
}

async function train(objectId: number, frame: number): Promise<void> {
  const { sessionId } = page();
  say("learn", null);
  curves.delete(keyOf(objectId, frame));
  setPage({ training: { objectId, frame, ious: [], steps: 0, adapter: null } });
  try {
    const { trainLora } = await call(TrainLora, { input: { sessionId: sessionId!, objectId, frameIndex: frame } });
    if (page().sessionId !== sessionId) return;
    finish({ objectId, frame, ious: curves.get(keyOf(objectId, frame)) ?? [], steps: trainLora.steps, adapter: trainLora });
    await refreshObjects();
  } catch (error) {
    setPage({ training: null });
    if (error instanceof ApiError && error.code === "FEATURES_NOT_CAPTURED") {
      say("learn", `The correction is kept. There is nothing to learn from frame ${frame}: tracking ${objectNamed(objectId)} starts there.`, "note");
    } else {
      refused("learn", error);
    }
  }
}

/** The mutation's answer and the subscription's last event both say that a training ended, in either order. */
function finish(run: TrainingRun): void {
  setPage(({ training }) => {
    const ours = training?.objectId === run.objectId && training.frame === run.frame;
    return { lastRun: run, training: ours ? null : training };
  });
}

/** Follows every training step of a session, whoever started it. */
export function watchTraining(sessionId: string | null): void {
  unwatch?.();
  unwatch = null;
  if (sessionId === null) return;
  unwatch = subscribe(
    Training,
    { sessionId },
    ({ loraTraining: { objectId, frameIndex, step, steps, iou, adapter } }) => {
      const key = keyOf(objectId, frameIndex);
      const before = step > 1 || adapter ? (curves.get(key) ?? []) : [];
      const ious = adapter ? before : [...before, iou];
      curves.set(key, ious);
      const run: TrainingRun = { objectId, frame: frameIndex, ious, steps, adapter: adapter ?? null };
      if (!adapter) return setPage({ training: run });
      finish(run);
      refreshObjects().catch((error: unknown) => refused("learn", error));
    },
    (error) => {
      if (error && page().sessionId === sessionId) refused("learn", error);
    },
  );
}

export async function setLoraMode(mode: LoraMode): Promise<void> {
  const { sessionId, loraMode } = page();
  setPage({ loraMode: mode });
  try {
    say("learn", null);
    await call(SetLoraMode, { input: { sessionId: sessionId!, mode } });
  } catch (error) {
    setPage({ loraMode });
    refused("learn", error);
  }
}

export async function forgetAdapters(): Promise<void> {
  try {
    say("learn", null);
    takeSession((await call(ResetLora, { sessionId: page().sessionId! })).resetLora);
    setPage({ lastRun: null, suggested: new Set() });
  } catch (error) {
    refused("learn", error);
  }
}

let timer: ReturnType<typeof setTimeout> | undefined;
let asked = "";

/** Asks for the candidates of what is on show, once the playhead rests. */
export function watchCandidates(): void {
  onPage(({ view, selected, frame, objects, loraMode, playing, tracking, following, pending, training }) => {
    if (view !== "annotate") return;
    const mask = selected === null ? undefined : masks.get(frame, selected);
    const adapters = objects.find((each) => each.objectId === selected)?.adapters ?? [];
    const rests = !playing && !(tracking && following) && pending === 0 && training === null;
    const wanted =
      rests && mask && selected !== null && loraMode !== "OFF" && adapters.length > 0 && !isPrompted(selected, frame);
    const question = wanted ? [selected, frame, mask.serial, ...adapters.map((each) => each.adapterId + each.trainingIou)].join() : "";
    if (question === asked) return;
    asked = question;
    clearTimeout(timer);
    if (page().candidates.length) setPage({ candidates: [], hovered: null });
    if (wanted) timer = setTimeout(() => void ask(selected, frame, question), SETTLED);
  });
}

async function ask(objectId: number, frameIndex: number, question: string): Promise<void> {
  try {
    const { loraCandidates } = await call(Candidates, { sessionId: page().sessionId!, objectId, frameIndex });
    if (asked === question) setPage({ candidates: loraCandidates.slice(0, 9) });
  } catch (error) {
    if (asked === question && !(error instanceof ApiError && error.code === "FEATURES_NOT_CAPTURED")) refused("learn", error);
  }
}
