import { create } from "zustand";

import { MaskBook } from "../masks/maskBook";
import type { FrameCache } from "../media/frameCache";
import { initialState, type PageState, type TrackedObject } from "./types";

export const usePage = create<PageState>(() => initialState);
export const { getState: getPage, setState: setPage, subscribe: onPageChange } = usePage;

/** Outside the state: too large to copy on every change. */
export const masks = new MaskBook();
export const frameCache: { current: FrameCache | null } = { current: null };

/** Makes components that show masks render again. */
export function masksChanged(): void {
  setPage((state) => ({ masksVersion: state.masksVersion + 1 }));
}

export function changeObject(objectId: number, change: Partial<TrackedObject>): void {
  setPage((state) => ({
    objects: state.objects.map((object) => (object.objectId === objectId ? { ...object, ...change } : object)),
  }));
}
