import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from "react";

import { addObject } from "../actions/objects";
import { addBox, addMask, addPoint } from "../actions/prompts";
import { bitmapOf } from "../masks/mask";
import { paint } from "../masks/paint";
import type { Bitmap } from "../masks/rle";
import { notify } from "../store/notices";
import { stage } from "../store/stage";
import { frameCache, getPage, masks, onPageChange, usePage } from "../store/store";
import { CandidateBadges } from "./CandidateBadges";
import { describe, draw, type Draft } from "./drawing";
import { NoticeLine } from "./NoticeLine";
import { fitView, type View, zoomView } from "./viewport";

/** CSS pixels that the pointer must move before a click becomes a drag. */
const DRAG_THRESHOLD = 4;

type Gesture =
  | { kind: "pan"; x: number; y: number }
  | { kind: "press"; x: number; y: number; label: 0 | 1 }
  | { kind: "box"; x: number; y: number }
  | { kind: "paint"; x: number; y: number; value: 0 | 1 };

export function Stage() {
  const video = usePage((state) => state.video)!;
  const tool = usePage((state) => state.tool);
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<View | null>(null);
  const shown = useRef(0);
  const draft = useRef<Draft>({ box: null, painted: null, pointer: null });
  const gesture = useRef<Gesture | null>(null);
  const scheduled = useRef(0);
  const [shownView, setShownView] = useState<View>({ scale: 1, x: 0, y: 0 });

  const redraw = useRef(() => {
    cancelAnimationFrame(scheduled.current);
    scheduled.current = requestAnimationFrame(() => {
      const surface = canvas.current;
      if (!surface || !view.current) return;
      // Until a frame is loaded, the last one stays on the canvas together with its own masks.
      if (frameCache.current?.get(getPage().frame)) shown.current = getPage().frame;
      const drawn = draw(surface, view.current, shown.current, draft.current);
      surface.dataset.frame = frameCache.current?.get(shown.current) ? String(shown.current) : "";
      surface.dataset.masks = drawn.map((mask) => `${mask.objectId}:${mask.serial}`).join(" ");
      surface.setAttribute("aria-label", `Frame ${shown.current}. ${describe(drawn) || "No mask"}`);
    });
  }).current;

  const showView = useRef((next: View) => {
    view.current = next;
    setShownView(next);
    redraw();
  }).current;

  useLayoutEffect(() => {
    const surface = canvas.current!;
    const box = holder.current!;
    let fits = true;
    const fit = () => {
      fits = true;
      showView(fitView(box.clientWidth, box.clientHeight, video.width, video.height));
    };
    const zoom = (factor: number, x = box.clientWidth / 2, y = box.clientHeight / 2) => {
      fits = false;
      showView(zoomView(view.current!, factor, x, y));
    };
    const resize = () => {
      surface.width = Math.round(box.clientWidth * devicePixelRatio);
      surface.height = Math.round(box.clientHeight * devicePixelRatio);
      if (fits || !view.current) fit();
      else redraw();
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = box.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), event.clientX - left, event.clientY - top);
    };
    const observer = new ResizeObserver(resize);
    observer.observe(box);
    surface.addEventListener("wheel", wheel, { passive: false });
    const pan = (x: number, y: number) => {
      fits = false;
      showView({ ...view.current!, x: view.current!.x + x, y: view.current!.y + y });
    };
    Object.assign(stage, { fit, zoom, pan });
    return () => {
      observer.disconnect();
      surface.removeEventListener("wheel", wheel);
    };
  }, [video, showView, redraw]);

  useEffect(
    () =>
      onPageChange((now, before) => {
        if (draft.current.painted && now.pending === 0 && before.pending > 0 && gesture.current?.kind !== "paint") draft.current.painted = null;
        redraw();
      }),
    [redraw],
  );

  const pointOf = (event: PointerEvent) => {
    const { left, top } = holder.current!.getBoundingClientRect();
    const { scale, x, y } = view.current!;
    return { x: (event.clientX - left - x) / scale, y: (event.clientY - top - y) / scale };
  };
  const isInside = ({ x, y }: { x: number; y: number }) => x >= 0 && y >= 0 && x <= video.width && y <= video.height;

  const beginPainting = (point: { x: number; y: number }, value: 0 | 1) => {
    const objectId = getPage().selected ?? addObject();
    const bitmap = draft.current.painted?.bitmap ?? copyOfMask(objectId, shown.current, video.width, video.height);
    draft.current.painted = { objectId, frame: shown.current, bitmap };
    paint(bitmap, point, point, getPage().brush, value);
  };
  const endPainting = () => {
    const { bitmap } = draft.current.painted!;
    if (bitmap.data.includes(1)) return void addMask(bitmap);
    draft.current.painted = null;
    notify("stage", "A mask needs at least one pixel. To remove it from this frame, press Backspace.", "note");
  };
  const isFrameLoaded = () => {
    if (shown.current === getPage().frame) return true;
    notify("stage", `Frame ${getPage().frame} is still loading.`, "note");
    return false;
  };
  stage.dab = (x, y) => {
    if (!isFrameLoaded()) return;
    beginPainting({ x: x * video.width, y: y * video.height }, tool === "brush" ? 1 : 0);
    endPainting();
    redraw();
  };

  const down = (event: PointerEvent<HTMLCanvasElement>) => {
    const point = pointOf(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    if (event.button === 1 || stage.panning) {
      gesture.current = { kind: "pan", x: event.clientX, y: event.clientY };
      stage.panned = true;
    } else if (!isFrameLoaded()) {
      return;
    } else if (tool !== "point" && event.button === 0) {
      const value = (tool === "brush") !== event.altKey ? 1 : 0;
      gesture.current = { kind: "paint", ...point, value };
      beginPainting(point, value);
    } else if (isInside(point)) {
      gesture.current = { kind: "press", ...point, label: event.button === 2 || event.altKey ? 0 : 1 };
    }
    redraw();
  };

  const move = (event: PointerEvent) => {
    const point = pointOf(event);
    const current = gesture.current;
    draft.current.pointer = point;
    if (current?.kind === "pan") {
      const { scale, x, y } = view.current!;
      showView({ scale, x: x + event.clientX - current.x, y: y + event.clientY - current.y });
      gesture.current = { kind: "pan", x: event.clientX, y: event.clientY };
    } else if (current?.kind === "paint") {
      paint(draft.current.painted!.bitmap, current, point, getPage().brush, current.value);
      gesture.current = { ...current, ...point };
    } else if (current?.kind === "press" && current.label === 1) {
      const far = Math.hypot(point.x - current.x, point.y - current.y) * view.current!.scale > DRAG_THRESHOLD;
      if (far) gesture.current = { kind: "box", x: current.x, y: current.y };
    }
    if (gesture.current?.kind === "box") draft.current.box = boxOf(gesture.current, point, video.width, video.height);
    redraw();
  };

  const up = () => {
    const current = gesture.current;
    gesture.current = null;
    if (current?.kind === "press") {
      void addPoint([clamp(current.x / video.width), clamp(current.y / video.height)], current.label);
    } else if (current?.kind === "box" && draft.current.box) {
      const [x0, y0, x1, y1] = draft.current.box;
      if (x1 > x0 && y1 > y0) void addBox([x0 / video.width, y0 / video.height, x1 / video.width, y1 / video.height]);
    } else if (current?.kind === "paint") {
      endPainting();
    }
    draft.current.box = null;
    redraw();
  };

  const cancel = () => {
    gesture.current = null;
    draft.current = { box: null, painted: null, pointer: null };
    redraw();
  };

  return (
    <section className="stage" aria-label="Picture">
      <div className="holder" ref={holder}>
        <canvas
          ref={canvas}
          role="img"
          data-tool={tool}
          onMouseDown={(event) => {
            // Keeps the focus off the canvas, so that shortcuts work; leaving a name field saves the name.
            event.preventDefault();
            if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
          }}
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={up}
          onPointerCancel={cancel}
          onPointerLeave={() => {
            draft.current.pointer = null;
            redraw();
          }}
          onContextMenu={(event) => event.preventDefault()}
        />
        <CandidateBadges view={shownView} />
        <Hint />
      </div>
      <NoticeLine place="stage" />
    </section>
  );
}

function Hint() {
  const untouched = usePage((state) => state.objects.every((each) => each.promptedFrames.length === 0) && state.pendingPrompts.length === 0);
  const tool = usePage((state) => state.tool);
  if (!untouched) return null;
  return (
    <p className="hint">
      {tool === "point" ? "Click an object, or drag a box around it" : "Paint over an object"} · press <kbd>?</kbd> for all keys
    </p>
  );
}

function copyOfMask(objectId: number, frame: number, width: number, height: number): Bitmap {
  const mask = masks.get(frame, objectId);
  return { width, height, data: mask ? bitmapOf(mask.rle).data.slice() : new Uint8Array(width * height) };
}

function boxOf(from: { x: number; y: number }, to: { x: number; y: number }, width: number, height: number): [number, number, number, number] {
  const [x0, x1] = [from.x, to.x].map((x) => Math.max(0, Math.min(width, x))).sort((a, b) => a - b);
  const [y0, y1] = [from.y, to.y].map((y) => Math.max(0, Math.min(height, y))).sort((a, b) => a - b);
  return [x0!, y0!, x1!, y1!];
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}
