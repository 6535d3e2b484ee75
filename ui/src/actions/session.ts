import { call } from "../api/client";
import { CloseSession, ContinueSession, SessionHistory, SessionMasks, SessionState, SessionVideo, StartSession } from "../api/documents";
import { newMask } from "../masks/mask";
import { FrameCache } from "../media/frameCache";
import { clearNotice, notify, reportError } from "../store/notices";
import { deleteSaved, isSaved, loadSaved, staleKeys } from "../store/savedSession";
import { findObject } from "../store/selectors";
import { frameCache, getPage, masks, masksChanged, setPage } from "../store/store";
import { frameKey, initialState } from "../store/types";
import { replayHistory } from "./history";
import { objectsOf } from "./objects";
import { stopTracking } from "./tracking";
import { watchTrackingFirst } from "./trackingFirst";
import { watchTraining } from "./training";

const FRAMES_PER_QUERY = 400;
const DAMAGE_INTERVAL = 5000;
const DAMAGE_TRIES = 60;

/** Opens the session in the page's address, or the list of videos, now and whenever the address changes. */
export function watchAddress(): void {
  addEventListener("hashchange", () => void openAddress());
  void openAddress();
}

export async function openAddress(): Promise<void> {
  const sessionId = new URLSearchParams(location.hash.slice(1)).get("session");
  if (sessionId === getPage().sessionId && getPage().view === "annotate") return;
  leaveSession();
  if (!sessionId) setPage({ view: "start" });
  else await openSession(sessionId);
}

export async function startSession(path: string): Promise<void> {
  clearNotice("start");
  try {
    const { startSession } = await call(StartSession, { path });
    location.hash = `session=${startSession.sessionId}`;
  } catch (error) {
    reportError("start", error);
  }
}

export async function endSession(): Promise<void> {
  const { sessionId } = getPage();
  if (!sessionId) return;
  try {
    await call(CloseSession, { sessionId });
  } catch (error) {
    return reportError("stage", error);
  }
  location.hash = "";
  deleteSaved(sessionId);
}

async function openSession(sessionId: string): Promise<void> {
  setPage({ view: "loading" });
  try {
    const { session } = await call(SessionState, { sessionId });
    if (!session) return setPage({ view: "gone", sessionId });
    if (await showChange(sessionId)) return;
    const history = await call(SessionHistory, { sessionId });
    const { prompts, ...counts } = replayHistory(history.session?.interactions ?? []);
    const saved = loadSaved(sessionId);
    // The server's history does not tell a redone correction from a prompt, so this browser's own counts win.
    const { corrected, accepted } = isSaved(sessionId) ? saved : counts;
    const { video } = session;
    frameCache.current?.close();
    frameCache.current = new FrameCache(video.frameUrlTemplate, video.frameCount, video.width * video.height, onFrame);
    const objects = objectsOf(session, saved.colors, saved.hidden);
    setPage({
      ...initialState,
      view: "annotate",
      connected: getPage().connected,
      sessionId,
      video,
      loraMode: session.loraMode,
      objects,
      selected: objects[0]?.objectId ?? null,
      suggested: new Set(saved.suggested),
      corrected: new Set(corrected),
      accepted: new Set(accepted),
      prompts,
      brush: Math.max(3, Math.round(Math.min(video.width, video.height) / 30)),
      notices: {},
    });
    frameCache.current.prefetch(0, 1);
    watchTraining(sessionId);
    watchTrackingFirst(sessionId);
    await loadMasks(sessionId, video.frameCount);
    void reportDamage(sessionId, 0);
  } catch (error) {
    reportError(getPage().view === "annotate" ? "stage" : "start", error);
    if (getPage().view === "loading") setPage({ view: "start" });
  }
}

/** Shows what has changed where the file of the session's video is no longer the one the session was started on. */
async function showChange(sessionId: string): Promise<boolean> {
  const { session } = await call(SessionVideo, { sessionId });
  if (!session?.videoChange) return false;
  const { sameFrames: same, frameCount: after } = session.videoChange;
  setPage({ view: "changed", sessionId, videoChange: { path: session.video.path, before: session.video.frameCount, after, same } });
  return true;
}

/** Continues the session on the changed file; masks on frames that are no longer the same are deleted. */
export async function continueSession(sessionId: string): Promise<void> {
  setPage({ view: "loading" });
  try {
    await call(ContinueSession, { sessionId });
    await openSession(sessionId);
  } catch (error) {
    setPage({ view: "start" });
    reportError("start", error);
  }
}

/** Says which frames cannot be shown, once the server has read the video to its end. */
async function reportDamage(sessionId: string, tries: number): Promise<void> {
  if (getPage().sessionId !== sessionId || tries === DAMAGE_TRIES) return;
  const damage = (await call(SessionVideo, { sessionId }).catch(() => null))?.session?.video.damage;
  if (!damage) setTimeout(() => void reportDamage(sessionId, tries + 1), DAMAGE_INTERVAL);
  else if (damage.length && getPage().sessionId === sessionId) {
    const listed = damage.map(({ first, last, reason }) => `${first === last ? first : `${first}–${last}`} (${reason})`);
    notify("stage", `Frames that cannot be shown as they are: ${listed.join(", ")}.`, "note");
  }
}

/** Replaces all masks by the server's, with the stale marks that this browser saved. */
export async function loadMasks(sessionId: string, frameCount: number): Promise<void> {
  const stale = staleKeys(loadSaved(sessionId));
  masks.clear();
  for (let first = 0; first < frameCount; first += FRAMES_PER_QUERY) {
    const last = Math.min(first + FRAMES_PER_QUERY, frameCount) - 1;
    const { session } = await call(SessionMasks, { sessionId, first, last });
    if (getPage().sessionId !== sessionId) return;
    for (const { frameIndex, rleMaskList } of session?.masks ?? []) {
      const loaded = rleMaskList.map((fields) => {
        const firstPrompted = findObject(fields.objectId)?.promptedFrames[0] ?? 0;
        const mask = newMask(fields, frameIndex < firstPrompted);
        return { ...mask, stale: mask.source !== "PROMPT" && stale.has(frameKey(fields.objectId, frameIndex)) };
      });
      masks.replace(frameIndex, loaded);
    }
    masksChanged();
  }
}

/** Leaves the open session, which stays open on the server. */
function leaveSession(): void {
  stopTracking();
  watchTraining(null);
  watchTrackingFirst(null);
  frameCache.current?.close();
  frameCache.current = null;
  masks.clear();
  setPage({ ...initialState, connected: getPage().connected, notices: getPage().notices });
}

function onFrame(frame: number, error: string | null): void {
  if (error === null) setPage((state) => ({ imagesVersion: state.imagesVersion + 1 }));
  else if (frame === getPage().frame) notify("stage", `Frame ${frame} could not be fetched (${error}).`);
}
