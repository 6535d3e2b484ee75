import { addObject } from "../actions/objects";
import { addBox, addMask, addPoint } from "../actions/prompts";
import { bitmapOf } from "../masks/mask";
import { paint } from "../masks/paint";
import { fillPolygon } from "../masks/polygon";
import type { Bitmap } from "../masks/rle";
import { clearNotice, notify } from "../store/notices";
import { findObject } from "../store/selectors";
import { stage } from "../store/stage";
import { getPage, masks, setPage } from "../store/store";
import type { Draft } from "./drawing";
import { type View, zoomView } from "./viewport";

interface Point {
  x: number;
  y: number;
}

type Gesture =
  | { kind: "pan"; at: Point }
  | { kind: "pinch" }
  | { kind: "press"; from: Point; label: 0 | 1; shift: boolean; began: number; touch: boolean }
  | { kind: "box"; from: Point }
  | { kind: "lasso" }
  | { kind: "paint"; at: Point; value: 0 | 1 };

/** What a press or a touch needs of the canvas. */
export interface Surface {
  /** The video's size in pixels. */
  width: number;
  height: number;
  view: () => View;
  showView: (view: View) => void;
  /** The frame that is drawn. */
  frame: () => number;
  redraw: () => void;
}

/** CSS pixels that the pointer must move before a click becomes a drag. */
const DRAG_THRESHOLD = 4;
/** CSS pixels around a polygon's first corner in which a click closes it. */
const CLOSING_DISTANCE = 9;
/** Milliseconds after which a touch is a background point. */
const LONG_TOUCH = 500;

/** Turns the pointer's events into prompts, boxes, drawn masks, and movements of the picture. */
export class Gestures {
  readonly draft: Draft = { box: null, painted: null, pointer: null, polygon: null };
  #gesture: Gesture | null = null;
  /** The fingers on the canvas, in CSS pixels. */
  #touches = new Map<number, Point>();

  constructor(private readonly surface: Surface) {}

  down(event: PointerEvent, at: Point): void {
    const point = this.#point(at);
    const { tool } = getPage();
    if (event.pointerType === "touch") {
      this.#touches.set(event.pointerId, at);
      if (this.#touches.size > 1) {
        this.cancel();
        this.#gesture = { kind: "pinch" };
        return;
      }
    }
    if (event.button === 1 || stage.panning) {
      this.#gesture = { kind: "pan", at };
      stage.panned = true;
    } else if (!this.#isFrameLoaded()) {
      return;
    } else if (tool === "polygon" && event.button === 0) {
      this.#addCorner(point, event.altKey ? 0 : 1);
    } else if (tool === "lasso" && event.button === 0) {
      this.draft.polygon = { points: [point], value: event.altKey ? 0 : 1 };
      this.#gesture = { kind: "lasso" };
    } else if ((tool === "brush" || tool === "eraser") && event.button === 0) {
      const value = (tool === "brush") !== event.altKey ? 1 : 0;
      this.#gesture = { kind: "paint", at: point, value };
      this.#beginPainting(point, value);
    } else if (tool === "point") {
      const label = event.button === 2 || event.altKey ? 0 : 1;
      this.#gesture = { kind: "press", from: point, label, shift: event.shiftKey, began: event.timeStamp, touch: event.pointerType === "touch" };
    }
    // What is worked on stays in view.
    if (this.#gesture?.kind !== "pan") setPage({ following: false, playing: false });
    this.surface.redraw();
  }

  move(event: PointerEvent, at: Point): void {
    const point = this.#point(at);
    const current = this.#gesture;
    this.draft.pointer = point;
    if (current?.kind === "pinch") return this.#pinch(event.pointerId, at);
    if (event.pointerType === "touch") this.#touches.set(event.pointerId, at);
    if (current?.kind === "pan") {
      const { scale, x, y } = this.surface.view();
      this.surface.showView({ scale, x: x + at.x - current.at.x, y: y + at.y - current.at.y });
      this.#gesture = { kind: "pan", at };
    } else if (current?.kind === "paint") {
      paint(this.draft.painted!.bitmap, current.at, point, getPage().brush, current.value);
      this.#gesture = { ...current, at: point };
    } else if (current?.kind === "lasso") {
      this.draft.polygon?.points.push(point);
    } else if (current?.kind === "press" && current.label === 1 && this.#isFar(current.from, point, DRAG_THRESHOLD)) {
      this.#gesture = { kind: "box", from: current.from };
    }
    if (this.#gesture?.kind === "box") this.draft.box = this.#boxOf(this.#gesture.from, point);
    this.surface.redraw();
  }

  up(event: PointerEvent): void {
    const current = this.#gesture;
    this.#touches.delete(event.pointerId);
    if (current?.kind === "pinch" && this.#touches.size > 0) return;
    this.#gesture = null;
    if (current?.kind === "press") {
      this.#click(current.from, current.touch && event.timeStamp - current.began >= LONG_TOUCH ? 0 : current.label, current.shift);
    } else if (current?.kind === "box" && this.draft.box) {
      const [x0, y0, x1, y1] = this.draft.box;
      const { width, height } = this.surface;
      if (x1 > x0 && y1 > y0) void addBox([x0 / width, y0 / height, x1 / width, y1 / height]);
    } else if (current?.kind === "lasso") {
      this.closePolygon();
    } else if (current?.kind === "paint") {
      this.#endPainting();
    }
    this.draft.box = null;
    this.surface.redraw();
  }

  leave(event: PointerEvent): void {
    this.draft.pointer = null;
    if (event.type === "pointercancel") {
      this.#touches.delete(event.pointerId);
      this.cancel();
    }
    this.surface.redraw();
  }

  /** Ends an unfinished box, stroke or polygon without effect. Returns whether there was anything. */
  cancel(): boolean {
    if (this.#gesture?.kind === "pan" || this.#gesture?.kind === "pinch") return false;
    const wasBusy = this.#gesture !== null || this.draft.polygon !== null;
    const isPainting = this.#gesture?.kind === "paint";
    this.#gesture = null;
    this.draft.box = this.draft.polygon = null;
    if (isPainting) this.draft.painted = null;
    this.surface.redraw();
    return wasBusy;
  }

  /** Forgets the drawn mask once the server has answered, unless more is being painted. */
  forgetPainted(): void {
    if (this.#gesture?.kind !== "paint") this.draft.painted = null;
  }

  /** Removes the last corner of an unfinished polygon. Returns whether there is one. */
  removeCorner(): boolean {
    const { polygon } = this.draft;
    if (!polygon) return false;
    polygon.points.pop();
    if (polygon.points.length === 0) this.draft.polygon = null;
    this.surface.redraw();
    return true;
  }

  /** Fills the polygon, or with Alt erases it. Returns whether there was one. */
  closePolygon(): boolean {
    const { polygon } = this.draft;
    this.draft.polygon = null;
    if (!polygon) return false;
    if (polygon.points.length > 2) {
      this.#startDrawing();
      fillPolygon(this.draft.painted!.bitmap, polygon.points, polygon.value);
      this.#endPainting();
    }
    this.surface.redraw();
    return true;
  }

  /** Paints or erases once, or sets a corner of a polygon. */
  dab(point: Point): void {
    const { tool } = getPage();
    if (!this.#isFrameLoaded()) return;
    if (tool === "polygon" || tool === "lasso") this.#addCorner(point, 1);
    else {
      this.#beginPainting(point, tool === "eraser" ? 0 : 1);
      this.#endPainting();
    }
    this.surface.redraw();
  }

  /** The object, other than the selected one, whose mask a click at the point would select. */
  otherObjectAt(at: Point): number | null {
    const { x, y } = this.#point(at);
    const { tool, selected, showMasks, objects, noOverlap } = getPage();
    const { width, height } = this.surface;
    if (tool !== "point" || !showMasks || selected === null || x < 0 || y < 0 || x >= width || y >= height) return null;
    // A new object may be anywhere, also where another one's mask is too large.
    if (!findObject(selected)?.promptedFrames.length) return null;
    const isOn = (objectId: number) => {
      const mask = masks.get(this.surface.frame(), objectId);
      return mask && bitmapOf(mask.rle).data[Math.floor(y) * width + Math.floor(x)] === 1;
    };
    if (isOn(selected)) return null;
    const isShown = ({ objectId, hidden }: { objectId: number; hidden: boolean }) => !hidden && isOn(objectId);
    return (noOverlap ? objects.find(isShown) : objects.findLast(isShown))?.objectId ?? null;
  }

  #click(point: Point, label: 0 | 1, shift: boolean): void {
    const { width, height } = this.surface;
    if (point.x < 0 || point.y < 0 || point.x > width || point.y > height) return;
    const { scale, x, y } = this.surface.view();
    const other = label === 1 && !shift ? this.otherObjectAt({ x: point.x * scale + x, y: point.y * scale + y }) : null;
    if (other !== null) return setPage({ selected: other });
    void addPoint([point.x / width, point.y / height], label);
  }

  #addCorner(point: Point, value: 0 | 1): void {
    const { polygon } = this.draft;
    if (!polygon) this.draft.polygon = { points: [point], value };
    else if (polygon.points.length > 2 && !this.#isFar(polygon.points[0]!, point, CLOSING_DISTANCE)) this.closePolygon();
    else polygon.points.push(point);
  }

  #startDrawing(): void {
    const objectId = getPage().selected ?? addObject();
    const frame = this.surface.frame();
    const { width, height } = this.surface;
    const { painted } = this.draft;
    const bitmap = painted?.objectId === objectId && painted.frame === frame ? painted.bitmap : copyOfMask(objectId, frame, width, height);
    this.draft.painted = { objectId, frame, bitmap };
  }

  #beginPainting(point: Point, value: 0 | 1): void {
    this.#startDrawing();
    paint(this.draft.painted!.bitmap, point, point, getPage().brush, value);
  }

  #endPainting(): void {
    const { bitmap, objectId, frame } = this.draft.painted!;
    if (getPage().noOverlap) leaveOutOthers(bitmap, objectId, frame);
    // An empty mask says that the object is not there, which its first prompt cannot.
    const first = findObject(objectId)?.promptedFrames[0] ?? frame;
    if (bitmap.data.includes(1) || first !== frame) return void addMask(bitmap);
    this.draft.painted = null;
    notify("stage", "An object's first mask needs at least one pixel. Backspace takes back its prompts on this frame.", "note");
  }

  #isFrameLoaded(): boolean {
    if (this.surface.frame() === getPage().frame) return true;
    notify("stage", `Frame ${getPage().frame} is still loading.`, "note", { label: "Dismiss", run: () => clearNotice("stage") });
    return false;
  }

  /** Two fingers move the picture with their center, and zoom with their distance. */
  #pinch(id: number, at: Point): void {
    const [first, second] = [...this.#touches.values()];
    this.#touches.set(id, at);
    const [newFirst, newSecond] = [...this.#touches.values()];
    if (!first || !second || !newFirst || !newSecond) return;
    const [from, to] = [middleOf(first, second), middleOf(newFirst, newSecond)];
    const moved = this.surface.view();
    const factor = Math.hypot(newFirst.x - newSecond.x, newFirst.y - newSecond.y) / Math.max(1, Math.hypot(first.x - second.x, first.y - second.y));
    this.surface.showView(zoomView({ ...moved, x: moved.x + to.x - from.x, y: moved.y + to.y - from.y }, factor, to.x, to.y));
  }

  #point(at: Point): Point {
    const { scale, x, y } = this.surface.view();
    return { x: (at.x - x) / scale, y: (at.y - y) / scale };
  }

  #isFar(from: Point, to: Point, pixels: number): boolean {
    return Math.hypot(to.x - from.x, to.y - from.y) * this.surface.view().scale > pixels;
  }

  #boxOf(from: Point, to: Point): [number, number, number, number] {
    const { width, height } = this.surface;
    const [x0, x1] = [from.x, to.x].map((x) => Math.max(0, Math.min(width, x))).sort((a, b) => a - b);
    const [y0, y1] = [from.y, to.y].map((y) => Math.max(0, Math.min(height, y))).sort((a, b) => a - b);
    return [x0!, y0!, x1!, y1!];
  }
}

function middleOf(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function copyOfMask(objectId: number, frame: number, width: number, height: number): Bitmap {
  const mask = masks.get(frame, objectId);
  return { width, height, data: mask ? bitmapOf(mask.rle).data.slice() : new Uint8Array(width * height) };
}

function leaveOutOthers(bitmap: Bitmap, objectId: number, frame: number): void {
  for (const other of getPage().objects) {
    const mask = other.objectId === objectId ? undefined : masks.get(frame, other.objectId);
    if (mask) bitmapOf(mask.rle).data.forEach((value, at) => value && (bitmap.data[at] = 0));
  }
}
