import { call } from "../api/client";
import { LabelObject, NameObject, RemoveObject, SessionState } from "../api/documents";
import type { SessionPartsFragment } from "../api/generated/graphql";
import { defaultColor } from "../store/colors";
import { clearNotice, reportError } from "../store/notices";
import { findObject, isOnServer } from "../store/selectors";
import { changeObject, getPage, masks, masksChanged, setPage } from "../store/store";
import { isKeyOf, type TrackedObject } from "../store/types";
import { markStale } from "./loadingMasks";

const NEW = { label: null, attributes: [], promptedFrames: [], absentRanges: [], confirmedRanges: [], staleRanges: [], adapters: [] };

let latestRefresh = 0;
/** How often a session was applied. */
let applied = 0;

/** Adds an object, selects it and returns its id. The server knows it from its first prompt on. */
export function addObject(): number {
  const { objects } = getPage();
  const objectId = Math.max(0, ...objects.map((object) => object.objectId)) + 1;
  const object = { objectId, name: "", color: defaultColor(objectId), hidden: false, ...NEW };
  setPage({ objects: [...objects, object], selected: objectId });
  return objectId;
}

export async function nameObject(objectId: number, name: string): Promise<void> {
  const object = findObject(objectId);
  if (!object || object.name === name.trim()) return;
  changeObject(objectId, { name: name.trim() });
  if (!isOnServer(object)) return;
  try {
    clearNotice("objects");
    await call(NameObject, { input: { sessionId: getPage().sessionId!, objectId, name } });
  } catch (error) {
    changeObject(objectId, { name: object.name });
    reportError("objects", error);
  }
}

/** Sends the name and the label that an object was given before its first prompt. */
export async function sendDescription(objectId: number): Promise<void> {
  const { name, label, attributes } = findObject(objectId) ?? {};
  if (label || attributes?.length) {
    await call(LabelObject, { input: { sessionId: getPage().sessionId!, objectId, label: label ?? null, attributes: attributes ?? null } });
  }
  if (name) await call(NameObject, { input: { sessionId: getPage().sessionId!, objectId, name } });
}

export async function removeObject(objectId: number): Promise<void> {
  const object = findObject(objectId);
  if (!object) return;
  try {
    clearNotice("objects");
    if (isOnServer(object)) await call(RemoveObject, { input: { sessionId: getPage().sessionId!, objectId } });
  } catch (error) {
    return reportError("objects", error);
  }
  masks.removeObject(objectId);
  const isOther = (key: string) => !isKeyOf(key, objectId);
  setPage((state) => {
    const objects = state.objects.filter((other) => other.objectId !== objectId);
    return {
      objects,
      selected: state.selected === objectId ? (objects[0]?.objectId ?? null) : state.selected,
      canUndo: state.canUndo || isOnServer(object),
      prompts: new Map([...state.prompts].filter(([key]) => isOther(key))),
      suggested: new Set([...state.suggested].filter(isOther)),
      corrected: new Set([...state.corrected].filter(isOther)),
      accepted: new Set([...state.accepted].filter(isOther)),
    };
  });
  masksChanged();
}

export function toggleHidden(objectId: number): void {
  const object = findObject(objectId);
  if (object) changeObject(objectId, { hidden: !object.hidden });
}

export function selectNext(step: 1 | -1): void {
  const { objects, selected } = getPage();
  if (objects.length === 0) return;
  const index = objects.findIndex(({ objectId }) => objectId === selected);
  setPage({ selected: objects[(index + step + objects.length) % objects.length]!.objectId });
}

/** Fetches the objects with their names, prompted frames and adapters. */
export async function refreshObjects(): Promise<void> {
  const { sessionId } = getPage();
  if (!sessionId) return;
  const own = ++latestRefresh;
  for (;;) {
    const before = applied;
    const { session } = await call(SessionState, { sessionId });
    // What was asked later knows of changes that this answer may lack; and the page may have left the session.
    if (own !== latestRefresh || getPage().sessionId !== sessionId) return;
    if (!session) return setPage({ view: "gone" });
    // Where a change was answered meanwhile, either answer may be the newer one.
    if (applied === before) return applySession(session);
  }
}

/** Updates the open session to the server's version, except for objects that the server does not know yet. */
export function applySession(session: SessionPartsFragment): void {
  if (getPage().sessionId !== session.sessionId) return;
  applied += 1;
  const known = getPage().objects;
  const colors = Object.fromEntries(known.map(({ objectId, color }) => [objectId, color]));
  const hidden = known.filter((object) => object.hidden).map(({ objectId }) => objectId);
  const onServer = objectsOf(session, colors, hidden);
  const notOnServer = known
    .filter(({ objectId }) => !onServer.some((object) => object.objectId === objectId))
    // One that was removed elsewhere is gone; one that has no prompt yet is not on the server.
    .filter((object) => !isOnServer(object));
  setPage(({ selected }) => {
    const objects = [...onServer, ...notOnServer].sort((a, b) => a.objectId - b.objectId);
    const isThere = objects.some(({ objectId }) => objectId === selected);
    return { loraMode: session.loraMode, labels: session.labels, objects, selected: isThere ? selected : (objects[0]?.objectId ?? null) };
  });
  for (const { objectId } of known) if (!findObject(objectId)) masks.removeObject(objectId);
  markStale();
}

export function objectsOf(session: SessionPartsFragment, colors: Record<number, string>, hidden: number[]): TrackedObject[] {
  return session.objects
    .map(({ objectId, name, label, ...object }) => ({
      ...object,
      objectId,
      name: name ?? "",
      label: label ?? null,
      color: colors[objectId] ?? defaultColor(objectId),
      hidden: hidden.includes(objectId),
    }))
    .sort((a, b) => a.objectId - b.objectId);
}
