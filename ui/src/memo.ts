import { keyOf, masks, onPage, page, type TrackedObject } from "./store";

/** What the server has no place for, kept in this browser by session. */
interface Memo {
  colours: Record<number, string>;
  hidden: number[];
  stale: Record<number, number[]>;
  suggested: string[];
  corrected: string[];
  taken: string[];
}

const EMPTY: Memo = { colours: {}, hidden: [], stale: {}, suggested: [], corrected: [], taken: [] };
const PREFIX = "sam2-lit:session:";
const KEPT_SESSIONS = 20;
let timer: ReturnType<typeof setTimeout> | undefined;

export function recall(sessionId: string): Memo {
  try {
    return { ...EMPTY, ...(JSON.parse(localStorage.getItem(PREFIX + sessionId) ?? "{}") as Partial<Memo>) };
  } catch {
    return EMPTY;
  }
}

/** Whether this browser has worked on the session before. */
export function knows(sessionId: string): boolean {
  return localStorage.getItem(PREFIX + sessionId) !== null;
}

export function forget(sessionId: string): void {
  localStorage.removeItem(PREFIX + sessionId);
}

/** Keeps the memo of the open session up to date. */
export function remember(): void {
  onPage((now, before) => {
    const changed =
      now.objects !== before.objects ||
      now.masksVersion !== before.masksVersion ||
      now.suggested !== before.suggested ||
      now.corrected !== before.corrected ||
      now.taken !== before.taken;
    if (!changed || now.view !== "annotate") return;
    clearTimeout(timer);
    timer = setTimeout(write, 300);
  });
  addEventListener("pagehide", write);
}

function write(): void {
  const { sessionId, view, objects, suggested, corrected, taken } = page();
  if (!sessionId || view !== "annotate") return;
  const memo: Memo = {
    colours: Object.fromEntries(objects.map((each) => [each.objectId, each.colour])),
    hidden: objects.filter((each) => each.hidden).map((each) => each.objectId),
    stale: Object.fromEntries(objects.map((each: TrackedObject) => [each.objectId, masks.staleFrames(each.objectId)])),
    suggested: [...suggested],
    corrected: [...corrected],
    taken: [...taken],
  };
  const key = PREFIX + sessionId;
  // Taken out first, so that the keys stand in the order in which sessions were last worked on.
  localStorage.removeItem(key);
  try {
    localStorage.setItem(key, JSON.stringify(memo));
  } catch {
    // A full or forbidden store costs colours and counts after a reload, nothing else.
  }
  const kept = Object.keys(localStorage).filter((each) => each.startsWith(PREFIX) && each !== key);
  for (const old of kept.slice(0, Math.max(0, kept.length - KEPT_SESSIONS))) localStorage.removeItem(old);
}

/** The stale frames of a memo as "object:frame". */
export function staleKeys(memo: Memo): Set<string> {
  return new Set(Object.entries(memo.stale).flatMap(([id, frames]) => frames.map((frame) => keyOf(Number(id), frame))));
}
