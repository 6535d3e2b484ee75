import { create } from "zustand";

import type { CandidatePartsFragment, ExportFormat, LoraMode, SessionPartsFragment } from "./api/generated/graphql";
import type { Frames } from "./frames";
import { MaskBook } from "./masks/maskBook";

export type Video = SessionPartsFragment["video"];
export type Adapter = SessionPartsFragment["objects"][number]["adapters"][number];
export type Candidate = CandidatePartsFragment;
export type Tool = "point" | "brush" | "eraser";

/** Where on the page something is said. */
export type Place = "start" | "stage" | "track" | "learn" | "objects" | "export";

export interface Notice {
  text: string;
  kind: "error" | "note";
}

export interface TrackedObject {
  objectId: number;
  name: string;
  colour: string;
  hidden: boolean;
  promptedFrames: number[];
  adapters: Adapter[];
}

export interface Tracking {
  reverse: boolean;
  completed: number;
  total: number;
  revision: number;
  framesPerSecond: number | null;
}

/** One training of an adapter as it was seen: IoU after each step. */
export interface TrainingRun {
  objectId: number;
  frame: number;
  ious: number[];
  steps: number;
  adapter: Adapter | null;
}

/** What a person said of an object on a frame, as it is drawn there. */
export type Prompt =
  | { kind: "points"; points: [number, number][]; labels: number[] }
  | { kind: "box"; box: [number, number, number, number] }
  | { kind: "mask"; counts: string }
  | { kind: "candidate"; adapterId: string; counts: string };

export interface Given {
  objectId: number;
  frame: number;
  prompt: Prompt;
}

export interface Change {
  objectId: number;
  frame: number;
  before: Prompt[];
  after: Prompt[];
  /** Whether it corrected a tracked frame. */
  corrects: boolean;
}

export interface PageState {
  view: "loading" | "start" | "annotate" | "gone" | "token";
  connected: boolean;
  sessionId: string | null;
  video: Video | null;
  loraMode: LoraMode;
  objects: TrackedObject[];
  selected: number | null;
  frame: number;
  playing: boolean;
  following: boolean;
  tool: Tool;
  /** Radius in pixels of the video. */
  brush: number;
  showMasks: boolean;
  /** Rises whenever the mask book changes. */
  masksVersion: number;
  /** Rises whenever a frame's picture has come. */
  imagesVersion: number;
  tracking: Tracking | null;
  /** Changes of prompts that the server has not answered yet. */
  pending: number;
  /** Of these, the prompts themselves, which are drawn at once. */
  unanswered: Given[];
  /** The point that the keyboard moves, relative to the frame, and the first corner of a box begun with it. */
  crosshair: [number, number] | null;
  corner: [number, number] | null;
  training: TrainingRun | null;
  lastRun: TrainingRun | null;
  candidates: Candidate[];
  hovered: string | null;
  /** Frames on which an adapter's mask looked better than the tracker's, "object:frame". */
  suggested: Set<string>;
  /** Tracked frames that were corrected by hand, "object:frame". */
  corrected: Set<string>;
  /** Frames on which a candidate was taken instead, "object:frame". */
  taken: Set<string>;
  prompts: Map<string, Prompt[]>;
  past: Change[];
  future: Change[];
  notices: Partial<Record<Place, Notice>>;
  sheet: "keys" | "export" | null;
  /** What is being made or fetched. */
  exporting: ExportFormat | null;
}

export const initial: PageState = {
  view: "loading",
  connected: true,
  sessionId: null,
  video: null,
  loraMode: "SUGGEST",
  objects: [],
  selected: null,
  frame: 0,
  playing: false,
  following: false,
  tool: "point",
  brush: 12,
  showMasks: true,
  masksVersion: 0,
  imagesVersion: 0,
  tracking: null,
  pending: 0,
  unanswered: [],
  crosshair: null,
  corner: null,
  training: null,
  lastRun: null,
  candidates: [],
  hovered: null,
  suggested: new Set(),
  corrected: new Set(),
  taken: new Set(),
  prompts: new Map(),
  past: [],
  future: [],
  notices: {},
  sheet: null,
  exporting: null,
};

export const usePage = create<PageState>(() => initial);
export const { getState: page, setState: setPage, subscribe: onPage } = usePage;

/** Beside the state: what is too large to be copied with every change. */
export const masks = new MaskBook();
export const media: { frames: Frames | null } = { frames: null };

export const keyOf = (objectId: number, frame: number) => `${objectId}:${frame}`;

export function say(place: Place, text: string | null, kind: Notice["kind"] = "error"): void {
  setPage((state) => ({ notices: { ...state.notices, [place]: text === null ? undefined : { text, kind } } }));
}

export function masksChanged(): void {
  setPage((state) => ({ masksVersion: state.masksVersion + 1 }));
}

/** A video's own name: uploads carry a mark that tells those of one name apart. */
export function videoName(path: string): string {
  return path.split("/").at(-1)!.replace(path.startsWith("uploads/") ? /-[0-9a-f]{12}(?=\.\w+$)/ : "", "");
}

export function objectNamed(objectId: number): string {
  return page().objects.find((each) => each.objectId === objectId)?.name || `Object ${objectId}`;
}

export function changeObject(objectId: number, change: Partial<TrackedObject>): void {
  setPage((state) => ({
    objects: state.objects.map((each) => (each.objectId === objectId ? { ...each, ...change } : each)),
  }));
}

export function withKey(keys: Set<string>, key: string, present: boolean): Set<string> {
  const next = new Set(keys);
  if (present) next.add(key);
  else next.delete(key);
  return next;
}
