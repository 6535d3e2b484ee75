import { subscribe } from "../api/client";
import { clientName } from "../api/clientName";
import { SessionChanges } from "../api/documents";
import type { SessionChangesSubscription } from "../api/generated/graphql";
import { reportError } from "../store/notices";
import { getPage, setPage } from "../store/store";
import { loadHistory } from "./history";
import { loadFrames } from "./loadingMasks";
import { refreshObjects } from "./objects";

type Change = SessionChangesSubscription["sessionChanges"];

/** Milliseconds in which changes are collected. */
const DELAY = 150;
/** Changes that no history has. */
const SETTINGS = ["SET_LABELS", "UNDO", "REDO"];

let unsubscribe: (() => void) | null = null;
let waiting: Change[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Follows what any client changes in a session from a cursor on, or from now on; null stops. */
export function watchSessionChanges(sessionId: string | null, since: string | null): void {
  unsubscribe?.();
  unsubscribe = null;
  waiting = [];
  if (sessionId === null) return;
  unsubscribe = subscribe(
    SessionChanges,
    { sessionId, since },
    ({ sessionChanges }) => {
      waiting.push(sessionChanges);
      schedule(sessionId);
    },
    (error) => {
      if (getPage().sessionId !== sessionId) return;
      if (error) return reportError("stage", error);
      // The stream ends with its session, which another client may have closed.
      refreshObjects().catch((reason: unknown) => {
        if (getPage().connected) reportError("stage", reason);
      });
    },
  );
}

function schedule(sessionId: string): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    if (getPage().sessionId === sessionId) void apply(sessionId);
  }, DELAY);
}

/** Reads again what other clients changed. What is done here is shown already; it waits for the end of tracking and prompts. */
async function apply(sessionId: string): Promise<void> {
  const { tracking, pending } = getPage();
  if (tracking || pending > 0) return schedule(sessionId);
  const changes = waiting;
  waiting = [];
  const own = changes.filter(({ client }) => client === clientName);
  const others = changes.filter(({ client }) => client !== clientName);
  if (own.some(({ kind }) => !SETTINGS.includes(kind))) setPage({ canUndo: true, canRedo: false });
  try {
    // Which masks are stale and which frames absent changes with tracking.
    if (others.length || own.some(({ kind }) => kind === "TRACKING")) await refreshObjects();
    for (const { first, last } of others.filter(({ parts }) => parts.includes("MASKS")).flatMap(({ frames }) => frames)) {
      await loadFrames(sessionId, first, last);
    }
    if (others.length) await loadHistory(sessionId, true);
  } catch (error) {
    if (getPage().connected) reportError("stage", error);
  }
}
