import { call } from "../api/client";
import { ChangeCursor, CloseSession, ContinueSession, SessionState, SessionVideo, Videos } from "../api/documents";
import type { VideosQuery } from "../api/generated/graphql";
import { FrameCache } from "../media/frameCache";
import { clearNotice, notify, reportError } from "../store/notices";
import { deleteSaved, loadSaved } from "../store/savedSession";
import { videoName } from "../store/selectors";
import { frameCache, getPage, masks, onPageChange, setPage } from "../store/store";
import { BRUSH_SIZES, initialState, type PageState, type Video } from "../store/types";
import { storedView } from "../store/view";
import { loadHistory } from "./history";
import { loadMasks } from "./loadingMasks";
import { objectsOf } from "./objects";
import { watchSessionChanges } from "./sessionChanges";
import { stopTracking } from "./tracking";
import { watchTrackingFirst } from "./trackingFirst";
import { trainOnResting, watchTraining } from "./training";

const VIDEOS_PER_QUERY = 100;
const DAMAGE_INTERVAL = 5000;
const DAMAGE_TRIES = 60;

/** Opens the session or the video in the page's address, or the first page, now and whenever the address changes. */
export function watchAddress(): void {
  addEventListener("hashchange", () => void openAddress());
  onPageChange((now, before) => {
    // A session that the first change on a video started.
    if (now.sessionId === null || before.sessionId !== null || now.view !== "annotate" || before.view !== "annotate") return;
    watchServer(now.sessionId);
    void reportDamage(now.sessionId, 0);
  });
  void openAddress();
}

export async function openAddress(): Promise<void> {
  const address = new URLSearchParams(location.hash.slice(1));
  const [sessionId, path] = [address.get("session"), address.get("video")];
  const open = getPage();
  if (open.view === "annotate" && (sessionId ? sessionId === open.sessionId : path && !open.sessionId && path === open.video?.path)) return;
  leaveSession();
  if (sessionId) await openSession(sessionId);
  else if (path) await showVideo(path);
  else setPage({ view: "start" });
}

/** Leaves what is open for the first page. */
export function showStart(): void {
  if (location.hash) location.hash = "";
  else void openAddress();
}

/** Opens a video; its session starts with the first change. */
export function openVideo(path: string): void {
  clearNotice("start");
  location.hash = `video=${encodeURIComponent(path)}`;
}

async function showVideo(path: string): Promise<void> {
  setPage({ view: "loading" });
  try {
    const video = await findVideo(path);
    if (!video) throw new Error(`There is no video ${videoName(path)}`);
    if (new URLSearchParams(location.hash.slice(1)).get("video") === path) show(video, {});
  } catch (error) {
    setPage({ view: "start" });
    reportError("start", error);
  }
}

async function findVideo(path: string): Promise<Video | undefined> {
  for (let after: string | null = null; ; ) {
    const { videos }: VideosQuery = await call(Videos, { search: path, first: VIDEOS_PER_QUERY, after });
    const found = videos.edges.find(({ node }) => node.path === path);
    if (found || !videos.pageInfo.hasNextPage) return found?.node;
    after = videos.pageInfo.endCursor ?? null;
  }
}

/** Deletes a session, by default the open one, with all that is in it. */
export async function deleteSession(sessionId = getPage().sessionId): Promise<void> {
  const { view } = getPage();
  try {
    if (sessionId) await call(CloseSession, { sessionId });
  } catch (error) {
    return reportError(view === "annotate" ? "stage" : "start", error);
  }
  if (sessionId) deleteSaved(sessionId);
  if (view === "annotate") showStart();
}

async function openSession(sessionId: string): Promise<void> {
  setPage({ view: "loading" });
  try {
    // Read first, so that no later change is missed.
    const cursor = (await call(ChangeCursor, { sessionId })).session?.changeCursor ?? null;
    const { session } = await call(SessionState, { sessionId });
    // The address may have changed meanwhile.
    if (new URLSearchParams(location.hash.slice(1)).get("session") !== sessionId) return;
    if (!session) return setPage({ view: "gone", sessionId });
    if (await showChange(sessionId)) return;
    const saved = loadSaved(sessionId);
    const { video } = session;
    const objects = objectsOf(session, saved.colors, saved.hidden);
    const isThere = objects.some(({ objectId }) => objectId === saved.selected);
    show(video, {
      sessionId,
      loraMode: session.loraMode,
      labels: session.labels,
      frameStep: session.frameStep,
      objects,
      selected: isThere ? saved.selected : (objects[0]?.objectId ?? null),
      frame: Math.min(saved.frame, video.frameCount - 1),
      tool: saved.tool,
      ...(saved.brush !== null && { brush: saved.brush }),
      suggested: new Set(saved.suggested),
    });
    watchServer(sessionId, cursor);
    await Promise.all([loadHistory(sessionId, true), loadMasks(sessionId, video.frameCount)]);
    void reportDamage(sessionId, 0);
  } catch (error) {
    reportError(getPage().view === "annotate" ? "stage" : "start", error);
    if (getPage().view === "loading") setPage({ view: "start" });
  }
}

function show(video: Video, state: Partial<PageState>): void {
  frameCache.current?.close();
  frameCache.current = new FrameCache(video.frameUrlTemplate, video.frameCount, video.width * video.height, onFrame);
  const brush = Math.max(3, Math.min(BRUSH_SIZES.most, Math.round(Math.min(video.width, video.height) / 30)));
  const { panels, noOverlap } = storedView();
  setPage({ ...initialState, connected: getPage().connected, panels, noOverlap, view: "annotate", video, brush, ...state });
  frameCache.current.prefetch(getPage().frame, 1);
}

/** Follows what happens to a session on the server, and what clients change from a cursor on; null stops. */
export function watchServer(sessionId: string | null, since: string | null = null): void {
  watchTraining(sessionId);
  watchTrackingFirst(sessionId);
  watchSessionChanges(sessionId, since);
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

/** Leaves the open session, which stays open on the server. */
function leaveSession(): void {
  trainOnResting();
  stopTracking();
  watchServer(null);
  frameCache.current?.close();
  frameCache.current = null;
  masks.clear();
  setPage({ ...initialState, connected: getPage().connected, notices: getPage().notices });
}

function onFrame(frame: number, error: string | null): void {
  if (error === null) setPage((state) => ({ imagesVersion: state.imagesVersion + 1 }));
  else if (frame === getPage().frame) notify("stage", `Frame ${frame} could not be fetched (${error}).`);
}
