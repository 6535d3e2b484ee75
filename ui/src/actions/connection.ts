import { call, isReachable, onConnectionChange } from "../api/client";
import { ChangeCursor, SessionState } from "../api/documents";
import { ApiError, UNREACHABLE } from "../api/errors";
import { clearNotice, notify, reportError } from "../store/notices";
import { frameCache, getPage, setPage } from "../store/store";
import { applySession } from "./objects";
import { loadHistory } from "./history";
import { loadMasks } from "./loadingMasks";
import { openAddress, watchServer } from "./session";
import { interruptTracking, resumeTracking } from "./tracking";

const RETRY_INTERVAL = 1500;

/** Interrupts tracking when the connection is lost; retries until it is back, reloads the session, and tracks on. */
export function watchConnection(): void {
  onConnectionChange((connected) => {
    if (connected === getPage().connected) return;
    setPage({ connected, trackingFirst: null });
    if (connected) void reloadSession();
    else {
      if (interruptTracking()) notify("track", "The connection was lost. Tracking goes on when it is back.", "note");
      setTimeout(() => void retry(), RETRY_INTERVAL);
    }
  });
}

async function retry(): Promise<void> {
  if (getPage().connected) return;
  if (!(await isReachable())) {
    setTimeout(() => void retry(), RETRY_INTERVAL);
    return;
  }
  setPage({ connected: true });
  await reloadSession();
}

/** While disconnected, the server may have restarted or another client may have changed the session. */
async function reloadSession(): Promise<void> {
  const { view, sessionId, frame, selected } = getPage();
  if (view !== "annotate" || !sessionId) return openAddress();
  try {
    const cursor = (await call(ChangeCursor, { sessionId })).session?.changeCursor ?? null;
    const { session } = await call(SessionState, { sessionId });
    if (getPage().sessionId !== sessionId) return;
    if (!session) return setPage({ view: "gone" });
    applySession(session);
    setPage({ frame, selected });
    // Subscriptions that the server ended do not come back by themselves.
    watchServer(sessionId, cursor);
    for (const place of ["stage", "track", "learn", "objects"] as const) clearNotice(place);
    frameCache.current?.prefetch(frame, 1);
    await Promise.all([loadHistory(sessionId, true), loadMasks(sessionId, session.video.frameCount)]);
    resumeTracking();
  } catch (error) {
    if (!(error instanceof ApiError && error.code === UNREACHABLE)) reportError("stage", error);
  }
}
