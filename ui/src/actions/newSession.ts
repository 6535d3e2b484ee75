import { call } from "../api/client";
import { StartSession } from "../api/documents";
import { getPage, setPage } from "../store/store";

let starting: Promise<string> | null = null;

/** The open session's id. On a video without one, the first change starts it. Rejects with an ApiError. */
export function ensureSession(): Promise<string> {
  const { sessionId } = getPage();
  if (sessionId) return Promise.resolve(sessionId);
  starting ??= startSession().finally(() => (starting = null));
  return starting;
}

async function startSession(): Promise<string> {
  const { video, frameStep } = getPage();
  const { sessionId } = (await call(StartSession, { path: video!.path, frameStep })).startSession;
  if (getPage().video === video) {
    // Without an event: what is open stays open.
    history.replaceState(null, "", `#session=${sessionId}`);
    setPage({ sessionId });
  }
  return sessionId;
}
