import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from "react";

import { stage } from "../store/stage";
import { frameCache, getPage, onPageChange, usePage } from "../store/store";
import { CandidateBadges } from "./CandidateBadges";
import { describe, draw } from "./drawing";
import { Gestures } from "./gestures";
import { Hints } from "./Hints";
import { NoticeLine } from "./NoticeLine";
import { ReviewBar } from "./ReviewBar";
import { Spinner } from "./Spinner";
import { TrackingFirst } from "./TrackingFirst";
import { fitView, showArea, type View, zoomView } from "./viewport";

export function Stage() {
  const video = usePage((state) => state.video)!;
  const tool = usePage((state) => state.tool);
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<View | null>(null);
  const shown = useRef(0);
  const scheduled = useRef(0);
  const [shownView, setShownView] = useState<View>({ scale: 1, x: 0, y: 0 });

  const redraw = useRef(() => {
    cancelAnimationFrame(scheduled.current);
    scheduled.current = requestAnimationFrame(() => {
      const surface = canvas.current;
      if (!surface || !view.current) return;
      // Until a frame is loaded, the last one stays on the canvas together with its own masks.
      if (frameCache.current?.get(getPage().frame)) shown.current = getPage().frame;
      const drawn = draw(surface, view.current, shown.current, gestures.draft);
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

  const [gestures] = useState(
    () =>
      new Gestures({
        width: video.width,
        height: video.height,
        view: () => view.current!,
        showView,
        frame: () => shown.current,
        redraw,
      }),
  );

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
    const zoomTo = (left: number, top: number, right: number, bottom: number) => {
      fits = false;
      showView(showArea(box.clientWidth, box.clientHeight, left, top, right, bottom));
    };
    const dab = (x: number, y: number) => gestures.dab({ x: x * video.width, y: y * video.height });
    const [cancel, close, removeCorner] = [() => gestures.cancel(), () => gestures.closePolygon(), () => gestures.removeCorner()];
    Object.assign(stage, { fit, zoom, pan, zoomTo, dab, cancel, close, removeCorner });
    return () => {
      observer.disconnect();
      surface.removeEventListener("wheel", wheel);
    };
  }, [video, gestures, showView, redraw]);

  useEffect(
    () =>
      onPageChange((now, before) => {
        if (now.pending === 0 && before.pending > 0) gestures.forgetPainted();
        if (now.tool !== before.tool || now.frame !== before.frame) gestures.cancel();
        redraw();
      }),
    [gestures, redraw],
  );

  const at = (event: PointerEvent) => {
    const { left, top } = holder.current!.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
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
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            gestures.down(event.nativeEvent, at(event));
          }}
          onPointerMove={(event) => {
            gestures.move(event.nativeEvent, at(event));
            const other = event.buttons ? null : gestures.otherObjectAt(at(event));
            event.currentTarget.dataset.over = String(other ?? "");
          }}
          onPointerUp={(event) => gestures.up(event.nativeEvent)}
          onPointerCancel={(event) => gestures.leave(event.nativeEvent)}
          onPointerLeave={(event) => gestures.leave(event.nativeEvent)}
          onDoubleClick={() => gestures.closePolygon()}
          onContextMenu={(event) => event.preventDefault()}
        />
        <CandidateBadges view={shownView} />
        <Hints />
      </div>
      <div className="overlay">
        <ReviewBar />
        <TrackingFirst />
        <NoticeLine place="stage" />
        <NoticeLine place="track" />
      </div>
      <Spinner />
    </section>
  );
}
