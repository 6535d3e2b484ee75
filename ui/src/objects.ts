import { call } from "./api/client";
import { NameObject, RemoveObject } from "./api/documents";
import { colourOf } from "./colours";
import { refused } from "./session";
import { changeObject, masks, masksChanged, page, say, setPage } from "./store";

/** Adds an object, selects it and returns its id. The server hears of it by its first prompt. */
export function addObject(): number {
  const { objects } = page();
  const objectId = Math.max(0, ...objects.map((each) => each.objectId)) + 1;
  const object = { objectId, name: "", colour: colourOf(objectId), hidden: false, promptedFrames: [], adapters: [] };
  setPage({ objects: [...objects, object], selected: objectId });
  return objectId;
}

export async function nameObject(objectId: number, name: string): Promise<void> {
  const { sessionId, objects } = page();
  const object = objects.find((each) => each.objectId === objectId);
  if (!object || object.name === name.trim()) return;
  changeObject(objectId, { name: name.trim() });
  if (object.promptedFrames.length + object.adapters.length === 0) return;
  try {
    say("objects", null);
    await call(NameObject, { input: { sessionId: sessionId!, objectId, name } });
  } catch (error) {
    changeObject(objectId, { name: object.name });
    refused("objects", error);
  }
}

export async function removeObject(objectId: number): Promise<void> {
  const { sessionId, objects } = page();
  const object = objects.find((each) => each.objectId === objectId);
  if (!object) return;
  try {
    say("objects", null);
    if (object.promptedFrames.length + object.adapters.length > 0) {
      await call(RemoveObject, { input: { sessionId: sessionId!, objectId } });
    }
  } catch (error) {
    return refused("objects", error);
  }
  masks.removeObject(objectId);
  const of = (key: string) => key.startsWith(`${objectId}:`);
  setPage((state) => {
    const left = state.objects.filter((each) => each.objectId !== objectId);
    return {
      objects: left,
      selected: state.selected === objectId ? (left[0]?.objectId ?? null) : state.selected,
      past: state.past.filter((each) => each.objectId !== objectId),
      future: state.future.filter((each) => each.objectId !== objectId),
      prompts: new Map([...state.prompts].filter(([key]) => !of(key))),
      suggested: new Set([...state.suggested].filter((key) => !of(key))),
      corrected: new Set([...state.corrected].filter((key) => !of(key))),
      taken: new Set([...state.taken].filter((key) => !of(key))),
    };
  });
  masksChanged();
}

export function toggleHidden(objectId: number): void {
  const object = page().objects.find((each) => each.objectId === objectId);
  if (object) changeObject(objectId, { hidden: !object.hidden });
}

export function selectNext(step: 1 | -1): void {
  const { objects, selected } = page();
  if (objects.length === 0) return;
  const at = objects.findIndex((each) => each.objectId === selected);
  setPage({ selected: objects[(at + step + objects.length) % objects.length]!.objectId });
}
