import { call, isReachable, onConnection } from "./api/client";
import { CloseSession, SessionHistory, SessionMasks, SessionState, StartSession } from "./api/documents";
import { ApiError, inWords, UNREACHABLE } from "./api/errors";
import type { SessionPartsFragment } from "./api/generated/graphql";
import { type Upload, upload } from "./api/upload";
import { colourOf } from "./colours";
import { Frames } from "./frames";
import { standing } from "./history";
import { forget, knows, recall, staleKeys } from "./memo";
import { maskOf } from "./masks/maskBook";
import { initial, keyOf, masks, masksChanged, media, page, type Place, say, setPage, type TrackedObject } from "./store";
import { watchTraining } from "./learning";
import { stopTracking } from "./tracking";

const MASKS_AT_ONCE = 400;
const LOOK_AGAIN = 1500;

/** Opens the session that the address names, or else the list of videos. */
export async function boot(): Promise<void> {
  watchConnection();
  addEventListener("hashchange", () => void fromAddress());
  await fromAddress();
}

async function fromAddress(): Promise<void> {
  const sessionId = new URLSearchParams(location.hash.slice(1)).get("session");
  if (sessionId === page().sessionId && page().view === "annotate") return;
  leave();
  if (!sessionId) setPage({ view: "start" });
  else await openSession(sessionId);
}

export async function startSession(path: string): Promise<void> {
  say("start", null);
  try {
    const { startSession } = await call(StartSession, { path });
    location.hash = `session=${startSession.sessionId}`;
  } catch (error) {
    refused("start", error);
  }
}

/** Takes a session up again as the server has it. */
export async function openSession(sessionId: string): Promise<void> {
  setPage({ view: "loading" });
  try {
    const { session } = await call(SessionState, { sessionId });
    if (!session) return setPage({ view: "gone", sessionId });
    const history = await call(SessionHistory, { sessionId });
    const { prompts, ...counted } = standing(history.session?.interactions ?? []);
    const memo = recall(sessionId);
    // What was undone and done again is counted here alone.
    const { corrected, taken } = knows(sessionId) ? memo : counted;
    const { video } = session;
    media.frames?.close();
    media.frames = new Frames(video.frameUrlTemplate, video.frameCount, video.width * video.height, frameArrived);
    const objects = objectsOf(session, memo.colours, memo.hidden);
    setPage({
      ...initial,
      view: "annotate",
      connected: page().connected,
      sessionId,
      video,
      loraMode: session.loraMode,
      objects,
      selected: objects[0]?.objectId ?? null,
      suggested: new Set(memo.suggested),
      corrected: new Set(corrected),
      taken: new Set(taken),
      prompts,
      brush: Math.max(3, Math.round(Math.min(video.width, video.height) / 30)),
      notices: {},
    });
    media.frames.around(0, 1);
    watchTraining(sessionId);
    await loadMasks(sessionId, video.frameCount, staleKeys(memo));
  } catch (error) {
    refused(page().view === "annotate" ? "stage" : "start", error);
    if (page().view === "loading") setPage({ view: "start" });
  }
}

async function loadMasks(sessionId: string, frameCount: number, stale: Set<string>): Promise<void> {
  masks.clear();
  for (let first = 0; first < frameCount; first += MASKS_AT_ONCE) {
    const last = Math.min(first + MASKS_AT_ONCE, frameCount) - 1;
    const { session } = await call(SessionMasks, { sessionId, first, last });
    if (page().sessionId !== sessionId) return;
    for (const { frameIndex, rleMaskList } of session?.masks ?? []) {
      const made = rleMaskList.map((parts) => {
        const prompted = page().objects.find((each) => each.objectId === parts.objectId)?.promptedFrames ?? [];
        const mask = maskOf(parts, frameIndex < (prompted[0] ?? 0));
        return { ...mask, stale: mask.source !== "PROMPT" && stale.has(keyOf(parts.objectId, frameIndex)) };
      });
      masks.replace(frameIndex, made);
    }
    masksChanged();
  }
}

/** The objects, names, prompted frames and adapters as the server has them now. */
export async function refreshObjects(): Promise<void> {
  const { sessionId } = page();
  if (!sessionId) return;
  const { session } = await call(SessionState, { sessionId });
  if (!session) return setPage({ view: "gone" });
  takeSession(session);
}

export function takeSession(session: SessionPartsFragment): void {
  if (page().sessionId !== session.sessionId) return;
  const known = page().objects;
  const colours = Object.fromEntries(known.map((each) => [each.objectId, each.colour]));
  const hidden = known.filter((each) => each.hidden).map((each) => each.objectId);
  const objects = objectsOf(session, colours, hidden);
  // An object that was added here and has no prompt yet is not known to the server.
  const fresh = known.filter(({ objectId }) => !objects.some((each) => each.objectId === objectId));
  const named = objects.map((each) => ({ ...each, name: each.name || (known.find(({ objectId }) => objectId === each.objectId)?.name ?? "") }));
  const unprompted = fresh.map((each) => ({ ...each, promptedFrames: [], adapters: [] }));
  setPage({
    loraMode: session.loraMode,
    objects: [...named, ...unprompted].sort((a, b) => a.objectId - b.objectId),
  });
}

export async function closeSession(): Promise<void> {
  const { sessionId } = page();
  if (!sessionId) return;
  try {
    await call(CloseSession, { sessionId });
  } catch (error) {
    return refused("stage", error);
  }
  location.hash = "";
  forget(sessionId);
}

/** What to do about a refusal: said where it happened, unless it concerns the whole page. */
export function refused(place: Place, error: unknown): void {
  const code = error instanceof ApiError ? error.code : null;
  if (code === "SESSION_NOT_FOUND") setPage({ view: "gone" });
  else if (code === "UNAUTHENTICATED") setPage({ view: "token" });
  else if (code !== "CANCELLED") say(place, inWords(error));
}

let uploading: Upload | null = null;

export async function uploadFile(file: File, onProgress: (share: number | null) => void): Promise<void> {
  say("start", null);
  uploading?.cancel();
  onProgress(0);
  const current = (uploading = upload(file, onProgress));
  try {
    const path = await current.done;
    if (uploading === current) await startSession(path);
  } catch (error) {
    refused("start", error);
  } finally {
    if (uploading === current) {
      uploading = null;
      onProgress(null);
    }
  }
}

export function cancelUpload(): void {
  uploading?.cancel();
}

function leave(): void {
  stopTracking();
  watchTraining(null);
  media.frames?.close();
  media.frames = null;
  masks.clear();
  setPage({ ...initial, connected: page().connected, notices: page().notices });
}

function objectsOf(session: SessionPartsFragment, colours: Record<number, string>, hidden: number[]): TrackedObject[] {
  return session.objects
    .map(({ objectId, name, promptedFrames, adapters }) => ({
      objectId,
      name: name ?? "",
      colour: colours[objectId] ?? colourOf(objectId),
      hidden: hidden.includes(objectId),
      promptedFrames,
      adapters,
    }))
    .sort((a, b) => a.objectId - b.objectId);
}

function frameArrived(frame: number, error: string | null): void {
  if (error === null) setPage((state) => ({ imagesVersion: state.imagesVersion + 1 }));
  else if (frame === page().frame) say("stage", `Frame ${frame} could not be fetched (${error}).`);
}

function watchConnection(): void {
  onConnection((connected) => {
    if (connected === page().connected) return;
    setPage({ connected });
    if (connected) void resume();
    else {
      if (page().tracking) say("track", "Tracking stopped: the connection was lost.");
      stopTracking();
      setTimeout(() => void lookAgain(), LOOK_AGAIN);
    }
  });
}

async function lookAgain(): Promise<void> {
  if (page().connected) return;
  if (!(await isReachable())) {
    setTimeout(() => void lookAgain(), LOOK_AGAIN);
    return;
  }
  setPage({ connected: true });
  await resume();
}

/** Meanwhile the server may have been started anew, or another page may have worked on the session. */
async function resume(): Promise<void> {
  const { view, sessionId, frame, selected } = page();
  if (view !== "annotate" || !sessionId) return fromAddress();
  try {
    const { session } = await call(SessionState, { sessionId });
    if (!session) return setPage({ view: "gone" });
    takeSession(session);
    setPage({ frame, selected });
    for (const place of ["stage", "track", "learn", "objects"] as const) say(place, null);
    media.frames?.around(frame, 1);
    await loadMasks(sessionId, session.video.frameCount, staleKeys(recall(sessionId)));
  } catch (error) {
    if (!(error instanceof ApiError && error.code === UNREACHABLE)) refused("stage", error);
  }
}
