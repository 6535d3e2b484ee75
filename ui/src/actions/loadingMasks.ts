import { call } from "../api/client";
import { SessionMasks } from "../api/documents";
import { isSame, newMask } from "../masks/mask";
import { findObject } from "../store/selectors";
import { getPage, masks, masksChanged } from "../store/store";

const FRAMES_PER_QUERY = 400;
/** How many frames the server may have tracked and not sent when a stream is stopped. */
const UNSENT = 64;
const UNSENT_INTERVAL = 400;
const UNSENT_TRIES = 5;

/** Replaces all masks by the server's. */
export async function loadMasks(sessionId: string, frameCount: number): Promise<void> {
  masks.clear();
  await loadFrames(sessionId, 0, frameCount - 1);
}

/** Replaces the masks on frames `first` to `last` by the server's. */
export async function loadFrames(sessionId: string, first: number, last: number): Promise<void> {
  for (let from = first; from <= last; from += FRAMES_PER_QUERY) {
    const to = Math.min(from + FRAMES_PER_QUERY - 1, last);
    const { session } = await call(SessionMasks, { sessionId, first: from, last: to });
    if (getPage().sessionId !== sessionId) return;
    const loaded = new Map((session?.masks ?? []).map(({ frameIndex, rleMaskList }) => [frameIndex, rleMaskList]));
    for (let frame = from; frame <= to; frame++) {
      masks.replace(frame, (loaded.get(frame) ?? []).map((fields) => {
        const old = masks.get(frame, fields.objectId);
        const firstPrompted = findObject(fields.objectId)?.promptedFrames[0] ?? 0;
        return old && isSame(old, fields) ? old : newMask(fields, frame < firstPrompted);
      }));
    }
    markStale();
  }
}

/** Marks the masks that the server says are stale. */
export function markStale(): void {
  for (const { objectId, staleRanges } of getPage().objects) masks.setStale(objectId, staleRanges);
  masksChanged();
}

/**
 * Loads what the server tracked after `received`, the last frame that a stopped stream sent. The server stops within a
 * frame, so the question is repeated until the answer stays the same.
 */
export async function loadUnsent(sessionId: string, received: number, reverse: boolean): Promise<void> {
  const frameCount = getPage().video?.frameCount ?? 0;
  const first = reverse ? Math.max(0, received - UNSENT) : received + 1;
  const last = reverse ? received - 1 : Math.min(frameCount - 1, received + UNSENT);
  if (first > last) return;
  let before = "";
  for (let tries = 0; tries < UNSENT_TRIES; tries++) {
    await new Promise((resolve) => setTimeout(resolve, UNSENT_INTERVAL));
    const { session } = await call(SessionMasks, { sessionId, first, last });
    const state = getPage();
    if (state.sessionId !== sessionId || state.tracking || !session) return;
    for (const { frameIndex, rleMaskList } of session.masks) {
      masks.replace(frameIndex, rleMaskList.map((fields) => {
        const old = masks.get(frameIndex, fields.objectId);
        return old && isSame(old, fields) ? old : newMask(fields, reverse);
      }));
    }
    masksChanged();
    const now = session.masks.map(({ frameIndex, rleMaskList }) => [frameIndex, ...rleMaskList.map((each) => each.rleMask.counts)]).join();
    if (now === before) return;
    before = now;
  }
}
