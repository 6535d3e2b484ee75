import { confidence, differenceOf, type Mask, outlineOfMask } from "../masks/mask";
import { outlineOf } from "../masks/outline";
import { outlineBelow } from "../masks/overlap";
import type { Bitmap } from "../masks/rle";
import { displayName, findObject } from "../store/selectors";
import { frameCache, getPage, masks } from "../store/store";
import { frameKey, type Prompt, type TrackedObject } from "../store/types";
import type { View } from "./viewport";

/** An unfinished drag on the canvas, and the pointer; coordinates are video pixels. */
export interface Draft {
  box: [number, number, number, number] | null;
  painted: { objectId: number; frame: number; bitmap: Bitmap } | null;
  pointer: { x: number; y: number } | null;
  polygon: { points: { x: number; y: number }[]; value: 0 | 1 } | null;
}

const POSITIVE = "#12a150";
const NEGATIVE = "#e5484d";
/** Told apart by color-blind people too, and by their outlines: whole and dashed. */
const ADDED = "#2f9bff";
const REMOVED = "#ffa51f";

/** Draws a frame with its masks, candidates and prompts, if the frame is loaded. Returns the masks drawn. */
export function draw(canvas: HTMLCanvasElement, view: View, frame: number, draft: Draft): Mask[] {
  const context = canvas.getContext("2d")!;
  const ratio = devicePixelRatio;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(view.scale * ratio, 0, 0, view.scale * ratio, view.x * ratio, view.y * ratio);
  context.lineJoin = "round";
  const image = frameCache.current?.get(frame);
  if (!image) return [];
  context.imageSmoothingEnabled = view.scale * ratio < 3;
  context.imageSmoothingQuality = view.scale * ratio < 1 ? "medium" : "low";
  context.drawImage(image, 0, 0);

  const { objects, selected, showMasks, candidates, hovered, pendingPrompts, noOverlap } = getPage();
  const painted = draft.painted?.frame === frame ? draft.painted : null;
  const drawn: Mask[] = [];
  /** Where masks do not overlap, objects with lower numbers are above the others, as in exports. */
  const above: Mask["rle"][] = [];
  for (const object of objects) {
    const mask = masks.get(frame, object.objectId);
    const others = noOverlap ? [...above] : [];
    if (mask) above.push(mask.rle);
    if (object.hidden || !showMasks) continue;
    const active = object.objectId === selected;
    if (painted?.objectId === object.objectId) {
      drawMask(context, outlineOf(painted.bitmap).path, object.color, active, view);
    } else if (mask && mask.source !== "ABSENT") {
      const { path } = others.length ? outlineBelow(mask.rle, others) : outlineOfMask(mask.rle);
      drawMask(context, path, object.color, active, view, mask.stale);
      drawn.push(mask);
    }
  }
  const candidate = candidates.find((each) => each.adapterId === hovered) ?? candidates[0];
  const proposed = objects.find((each) => each.objectId === candidate?.objectId);
  if (candidate?.frameIndex === frame && proposed && showMasks && !proposed.hidden && !painted) {
    const { added, removed } = differenceOf(masks.get(frame, proposed.objectId)?.rle, candidate.rleMask);
    drawDifference(context, added.path, ADDED, view, []);
    drawDifference(context, removed.path, REMOVED, view, [6 / view.scale, 4 / view.scale]);
  }
  for (const mask of drawn) drawName(context, mask, view);
  const object = objects.find((each) => each.objectId === selected);
  if (object) {
    const answered = getPage().prompts.get(frameKey(object.objectId, frame)) ?? [];
    const pending = pendingPrompts.filter((each) => each.objectId === object.objectId && each.frame === frame);
    for (const prompt of [...answered, ...pending.map((each) => each.prompt)]) drawPrompt(context, prompt, image, object, view);
  }
  if (draft.box) drawBox(context, draft.box, view, "#fff");
  if (draft.polygon) drawPolygon(context, draft.polygon.points, draft.pointer, view);
  drawCrosshair(context, image, view);
  const { crosshair, tool } = getPage();
  const hasBrush = tool === "brush" || tool === "eraser";
  if (crosshair && hasBrush) drawBrush(context, { x: crosshair[0] * image.width, y: crosshair[1] * image.height }, view);
  if (draft.pointer && hasBrush) drawBrush(context, draft.pointer, view);
  return drawn;
}

/** The masks as text, for screen readers. */
export function describe(drawn: Mask[]): string {
  return drawn
    .map((mask) => {
      const certainty = confidence(mask);
      const name = displayName(findObject(mask.objectId) ?? { objectId: mask.objectId, name: "" });
      return `${name}: ${certainty === null ? "made by hand" : `confidence ${certainty.toFixed(2)}`}${mask.source === "LORA" ? ", by an adapter" : ""}`;
    })
    .join("; ");
}

function drawMask(context: CanvasRenderingContext2D, path: Path2D, color: string, active: boolean, view: View, stale = false): void {
  context.fillStyle = color;
  context.globalAlpha = stale ? 0.18 : active ? 0.42 : 0.32;
  context.fill(path, "evenodd");
  context.globalAlpha = 1;
  if (active) {
    context.lineWidth = 3.5 / view.scale;
    context.strokeStyle = "rgba(0,0,0,.45)";
    context.stroke(path);
  }
  context.lineWidth = (active ? 2 : 1.25) / view.scale;
  context.strokeStyle = color;
  context.setLineDash(stale ? [5 / view.scale, 4 / view.scale] : []);
  context.stroke(path);
  context.setLineDash([]);
}

function drawDifference(context: CanvasRenderingContext2D, path: Path2D, color: string, view: View, dash: number[]): void {
  context.fillStyle = color;
  context.globalAlpha = 0.5;
  context.fill(path, "evenodd");
  context.globalAlpha = 1;
  context.lineWidth = 3 / view.scale;
  context.strokeStyle = "rgba(0,0,0,.7)";
  context.stroke(path);
  context.lineWidth = 1.5 / view.scale;
  context.strokeStyle = color;
  context.setLineDash(dash);
  context.stroke(path);
  context.setLineDash([]);
}

const NAME_SIZE = 12;
const NAME_PAD = 4;

/** Writes an object's name above its mask, where there is another one or the object was named. */
function drawName(context: CanvasRenderingContext2D, mask: Mask, view: View): void {
  const object = findObject(mask.objectId);
  const { top } = outlineOfMask(mask.rle);
  if (!top || !object || (!object.name && getPage().objects.length === 1)) return;
  const pixel = 1 / view.scale;
  context.font = `600 ${NAME_SIZE * pixel}px system-ui, sans-serif`;
  const name = displayName(object);
  const width = context.measureText(name).width + 2 * NAME_PAD * pixel;
  const height = (NAME_SIZE + 5) * pixel;
  const [x, y] = [Math.max(0, top.x - width / 2), Math.max(0, top.y - height - 3 * pixel)];
  context.fillStyle = object.color;
  context.beginPath();
  context.roundRect(x, y, width, height, 4 * pixel);
  context.fill();
  context.fillStyle = isDark(object.color) ? "#fff" : "#101318";
  context.textBaseline = "middle";
  context.fillText(name, x + NAME_PAD * pixel, y + height / 2);
}

/** Whether white is easier to read on the color than black: by its relative luminance, WCAG 2.2. */
function isDark(color: string): boolean {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! < 0.179;
}

function drawPolygon(context: CanvasRenderingContext2D, points: { x: number; y: number }[], pointer: { x: number; y: number } | null, view: View): void {
  const pixel = 1 / view.scale;
  for (const [width, color] of [[3.5, "rgba(0,0,0,.65)"], [1.5, "#fff"]] as const) {
    context.beginPath();
    for (const { x, y } of pointer ? [...points, pointer] : points) context.lineTo(x, y);
    context.lineWidth = width * pixel;
    context.strokeStyle = color;
    context.stroke();
  }
  const [first] = points;
  if (!first) return;
  context.beginPath();
  context.arc(first.x, first.y, 5 * pixel, 0, 2 * Math.PI);
  context.fillStyle = "#fff";
  context.fill();
}

function drawPrompt(context: CanvasRenderingContext2D, prompt: Prompt, image: ImageBitmap, object: TrackedObject, view: View): void {
  if (prompt.kind === "box") {
    const [x0, y0, x1, y1] = prompt.box;
    drawBox(context, [x0 * image.width, y0 * image.height, x1 * image.width, y1 * image.height], view, object.color);
  }
  if (prompt.kind !== "points") return;
  prompt.points.forEach(([x, y], index) => drawPoint(context, x * image.width, y * image.height, prompt.labels[index] === 1, view));
}

function drawPoint(context: CanvasRenderingContext2D, x: number, y: number, positive: boolean, view: View): void {
  const pixel = 1 / view.scale;
  context.beginPath();
  context.arc(x, y, 7 * pixel, 0, 2 * Math.PI);
  context.fillStyle = positive ? POSITIVE : NEGATIVE;
  context.fill();
  context.lineWidth = 2 * pixel;
  context.strokeStyle = "#fff";
  context.stroke();
  context.beginPath();
  context.moveTo(x - 3 * pixel, y);
  context.lineTo(x + 3 * pixel, y);
  if (positive) {
    context.moveTo(x, y - 3 * pixel);
    context.lineTo(x, y + 3 * pixel);
  }
  context.stroke();
}

function drawBox(context: CanvasRenderingContext2D, [x0, y0, x1, y1]: [number, number, number, number], view: View, color: string): void {
  context.lineWidth = 3 / view.scale;
  context.strokeStyle = "rgba(0,0,0,.6)";
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  context.lineWidth = 1.5 / view.scale;
  context.strokeStyle = color;
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
}

function drawBrush(context: CanvasRenderingContext2D, { x, y }: { x: number; y: number }, view: View): void {
  for (const [width, color] of [[3, "rgba(0,0,0,.6)"], [1.25, "#fff"]] as const) {
    context.beginPath();
    context.arc(x, y, getPage().brush, 0, 2 * Math.PI);
    context.lineWidth = width / view.scale;
    context.strokeStyle = color;
    context.stroke();
  }
}

function drawCrosshair(context: CanvasRenderingContext2D, image: ImageBitmap, view: View): void {
  const { crosshair, corner } = getPage();
  if (!crosshair) return;
  const [x, y] = [crosshair[0] * image.width, crosshair[1] * image.height];
  if (corner) drawBox(context, [corner[0] * image.width, corner[1] * image.height, x, y], view, "#fff");
  const arm = 14 / view.scale;
  for (const [width, color] of [[4, "rgba(0,0,0,.7)"], [1.75, "#fff"]] as const) {
    context.beginPath();
    context.moveTo(x - arm, y);
    context.lineTo(x + arm, y);
    context.moveTo(x, y - arm);
    context.lineTo(x, y + arm);
    context.lineWidth = width / view.scale;
    context.strokeStyle = color;
    context.stroke();
  }
}
