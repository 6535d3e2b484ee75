import { call } from "../api/client";
import { NameObject, RemoveObject, SessionState } from "../api/documents";
import type { SessionPartsFragment } from "../api/generated/graphql";
import { defaultColor } from "../store/colors";
import { clearNotice, reportError } from "../store/notices";
import { findObject } from "../store/selectors";
import { changeObject, getPage, masks, masksChanged, setPage } from "../store/store";
import { isKeyOf, type TrackedObject } from "../store/types";

/** Adds an object, selects it and returns its id. The server knows it from its first prompt on. */
export function addObject(): number {
  const { objects } = getPage();
  const objectId = Math.max(0, ...objects.map((object) => object.objectId)) + 1;
  const object = { objectId, name: "", color: defaultColor(objectId), hidden: false, promptedFrames: [], adapters: [] };
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

/** Sends the name that an object was given before its first prompt. */
export async function sendName(objectId: number): Promise<void> {
  const name = findObject(objectId)?.name;
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
      undoStack: state.undoStack.filter((change) => change.objectId !== objectId),
      redoStack: state.redoStack.filter((change) => change.objectId !== objectId),
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
  const { session } = await call(SessionState, { sessionId });
  if (!session) return setPage({ view: "gone" });
  applySession(session);
}

/** Updates the open session to the server's version, except for objects and names that the server does not know yet. */
export function applySession(session: SessionPartsFragment): void {
  if (getPage().sessionId !== session.sessionId) return;
  const known = getPage().objects;
  const colors = Object.fromEntries(known.map(({ objectId, color }) => [objectId, color]));
  const hidden = known.filter((object) => object.hidden).map(({ objectId }) => objectId);
  const onServer = objectsOf(session, colors, hidden).map((object) => ({
    ...object,
    name: object.name || (findObject(object.objectId)?.name ?? ""),
  }));
  const notOnServer = known
    .filter(({ objectId }) => !onServer.some((object) => object.objectId === objectId))
    .map((object) => ({ ...object, promptedFrames: [], adapters: [] }));
  setPage({
    loraMode: session.loraMode,
    objects: [...onServer, ...notOnServer].sort((a, b) => a.objectId - b.objectId),
  });
}

export function objectsOf(session: SessionPartsFragment, colors: Record<number, string>, hidden: number[]): TrackedObject[] {
  return session.objects
    .map(({ objectId, name, promptedFrames, adapters }) => ({
      objectId,
      name: name ?? "",
      color: colors[objectId] ?? defaultColor(objectId),
      hidden: hidden.includes(objectId),
      promptedFrames,
      adapters,
    }))
    .sort((a, b) => a.objectId - b.objectId);
}

function isOnServer({ promptedFrames, adapters }: TrackedObject): boolean {
  return promptedFrames.length + adapters.length > 0;
}
