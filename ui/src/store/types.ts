import type { CandidatePartsFragment, ExportFormat, LabelPartsFragment, LoraMode, SessionPartsFragment, TrackingPurpose } from "../api/generated/graphql";

export type Video = SessionPartsFragment["video"];
export type Adapter = SessionPartsFragment["objects"][number]["adapters"][number];
export type Label = LabelPartsFragment;
export type Candidate = CandidatePartsFragment;
export type Tool = "point" | "brush" | "eraser" | "polygon" | "lasso";

/** The radius of the brush in video pixels. */
export const BRUSH_SIZES = { least: 1, most: 200 };

/** The part of the page that shows a notice. */
export type NoticePlace = "labels" | "start" | "stage" | "track" | "learn" | "objects" | "export" | "import";

export interface Notice {
  text: string;
  kind: "error" | "note";
  /** What the user may do about it. */
  action?: { label: string; run: () => void };
}

export interface VideoChange {
  path: string;
  /** Frames before the change, and after it; 0 where the file is gone. */
  before: number;
  after: number;
  /** How many frames at the start are the same. */
  same: number;
}

/** Frames, both included. */
export interface FrameRange {
  first: number;
  last: number;
}

export interface Attribute {
  key: string;
  value: string;
}

export interface TrackedObject {
  objectId: number;
  name: string;
  label: string | null;
  attributes: Attribute[];
  color: string;
  hidden: boolean;
  promptedFrames: number[];
  absentRanges: FrameRange[];
  confirmedRanges: FrameRange[];
  staleRanges: FrameRange[];
  adapters: Adapter[];
}

export interface Tracking {
  reverse: boolean;
  completed: number;
  total: number;
  revision: number;
  framesPerSecond: number | null;
}

/** Frames that a call tracks before it does what it was sent for. */
export interface TrackedFirst {
  purpose: TrackingPurpose;
  completed: number;
  total: number;
}

/** One training of an adapter, with the IoU after each step. */
export interface TrainingRun {
  objectId: number;
  frame: number;
  ious: number[];
  steps: number;
  adapter: Adapter | null;
}

/** A prompt as a user gave it; points and boxes are relative to the frame, 0 to 1. */
export type Prompt =
  | { kind: "points"; points: [number, number][]; labels: number[] }
  | { kind: "box"; box: [number, number, number, number] }
  | { kind: "mask"; counts: string }
  | { kind: "candidate"; adapterId: string; counts: string };

export interface PendingPrompt {
  objectId: number;
  frame: number;
  prompt: Prompt;
}

/** Frames on which the model doubts an object's masks. */
export interface DoubtfulRange extends FrameRange {
  objectId: number;
  /** The least confident frame, where the review begins. */
  worst: number;
  certainty: number;
}

/** A walk through the doubtful ranges, worst first. */
export interface Review {
  ranges: DoubtfulRange[];
  /** The range that is looked at. */
  current: number;
}

export interface PageState {
  view: "loading" | "start" | "annotate" | "gone" | "changed" | "token";
  connected: boolean;
  sessionId: string | null;
  video: Video | null;
  /** How the file of the session's video has changed since the session was started. */
  videoChange: VideoChange | null;
  loraMode: LoraMode;
  objects: TrackedObject[];
  /** The id of the selected object. */
  selected: number | null;
  frame: number;
  playing: boolean;
  /** Whether the playhead follows the frame being tracked. */
  following: boolean;
  /** Speed of playback relative to the video's own. */
  speed: number;
  tool: Tool;
  /** Brush radius in video pixels. */
  brush: number;
  /** The object whose name is being edited. */
  renaming: number | null;
  /** Frames marked on the timeline. */
  range: FrameRange | null;
  /** Whether a pixel belongs to one object only: in the picture, in exports, and in what is drawn. */
  noOverlap: boolean;
  /** Whether the panels next to the picture are shown. */
  panels: boolean;
  showMasks: boolean;
  /** Incremented whenever a mask changes. */
  masksVersion: number;
  /** Incremented whenever a frame's image arrives. */
  imagesVersion: number;
  tracking: Tracking | null;
  trackingFirst: TrackedFirst | null;
  /** How many prompt changes the server has not answered yet. */
  pending: number;
  /** The prompts among them, drawn before the server answers. */
  pendingPrompts: PendingPrompt[];
  /** The keyboard's crosshair, relative to the frame. */
  crosshair: [number, number] | null;
  /** The first corner of a box drawn with the crosshair. */
  corner: [number, number] | null;
  training: TrainingRun | null;
  lastRun: TrainingRun | null;
  candidates: Candidate[];
  /** The adapter id of the candidate under the pointer. */
  hovered: string | null;
  /** Frames with a suggestion of an adapter, as frame keys (`frameKey`). */
  suggested: Set<string>;
  /** Tracked frames corrected by hand, as frame keys. */
  corrected: Set<string>;
  /** Tracked frames corrected by accepting a candidate, as frame keys. */
  accepted: Set<string>;
  /** Prompts by frame key. */
  prompts: Map<string, Prompt[]>;
  canUndo: boolean;
  canRedo: boolean;
  /** The labels of the project, the folder of the video. */
  labels: Label[];
  /** The session works on every so many-th frame, from 0. */
  frameStep: number;
  /** Whether only the selected object is tracked. */
  onlySelected: boolean;
  review: Review | null;
  notices: Partial<Record<NoticePlace, Notice>>;
  dialog: "labelSet" | "shortcuts" | "export" | "import" | "delete" | null;
  /** The export being made or downloaded. */
  exporting: ExportFormat | null;
}

export const initialState: PageState = {
  view: "loading",
  connected: true,
  sessionId: null,
  video: null,
  videoChange: null,
  loraMode: "SUGGEST",
  objects: [],
  selected: null,
  frame: 0,
  playing: false,
  following: false,
  speed: 1,
  tool: "point",
  brush: 12,
  renaming: null,
  range: null,
  noOverlap: false,
  panels: true,
  showMasks: true,
  masksVersion: 0,
  imagesVersion: 0,
  tracking: null,
  trackingFirst: null,
  pending: 0,
  pendingPrompts: [],
  crosshair: null,
  corner: null,
  training: null,
  lastRun: null,
  candidates: [],
  hovered: null,
  suggested: new Set(),
  corrected: new Set(),
  accepted: new Set(),
  prompts: new Map(),
  canUndo: false,
  canRedo: false,
  labels: [],
  frameStep: 1,
  onlySelected: false,
  review: null,
  notices: {},
  dialog: null,
  exporting: null,
};

/** An object on a frame as one string, for sets and maps. */
export const frameKey = (objectId: number, frame: number) => `${objectId}:${frame}`;

export const isKeyOf = (key: string, objectId: number) => key.startsWith(`${objectId}:`);

/** A copy of the set with the key added or removed. */
export function withKey(keys: Set<string>, key: string, present: boolean): Set<string> {
  const copy = new Set(keys);
  if (present) copy.add(key);
  else copy.delete(key);
  return copy;
}
