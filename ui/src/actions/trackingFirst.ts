import { call, subscribe } from "../api/client";
import { CancelTracking, TrackingProgress } from "../api/documents";
import { reportError } from "../store/notices";
import { getPage, setPage } from "../store/store";

let unsubscribe: (() => void) | null = null;
/** How many frames a cancelled call had tracked: its last events may arrive after the cancel's answer. */
let cancelledAt: number | null = null;

/** Shows the frames that calls on a session track first; null stops. */
export function watchTrackingFirst(sessionId: string | null): void {
  unsubscribe?.();
  unsubscribe = cancelledAt = null;
  if (sessionId === null) return;
  unsubscribe = subscribe(
    TrackingProgress,
    { sessionId },
    ({ trackingProgress: { purpose, completed, total } }) => {
      if (cancelledAt !== null && completed > cancelledAt) return;
      cancelledAt = null;
      setPage({ trackingFirst: completed < total ? { purpose, completed, total } : null });
    },
    (error) => {
      setPage({ trackingFirst: null });
      if (error && getPage().sessionId === sessionId) reportError("track", error);
    },
  );
}

/** The call that waits for the frames fails then, and changes nothing; the frames tracked so far stay. */
export async function cancelTrackingFirst(): Promise<void> {
  try {
    await call(CancelTracking, { sessionId: getPage().sessionId! });
    cancelledAt = getPage().trackingFirst?.completed ?? null;
    setPage({ trackingFirst: null });
  } catch (error) {
    reportError("track", error);
  }
}
