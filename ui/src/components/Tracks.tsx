import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from "react";

import { seek } from "../actions/playback";
import { displayName } from "../store/selectors";
import { setPage, usePage } from "../store/store";
import { Filmstrip } from "./Filmstrip";
import { RULER, ROW, Scale, WIDEST_FRAME } from "./timelineScale";
import { TrackRow } from "./TrackRow";

const LABELS = 132;

interface Props {
  /** How many times wider than the window the timeline is. */
  zoom: number;
  setZoom: (zoom: number) => void;
  filmstrip: boolean;
  /** CSS pixels; null fits the objects. */
  height: number | null;
}

export function Tracks({ zoom, setZoom, filmstrip, height }: Props) {
  const objects = usePage((state) => state.objects);
  const selected = usePage((state) => state.selected);
  const count = usePage((state) => state.video!.frameCount);
  const fps = usePage((state) => state.video!.fps);
  const version = usePage((state) => state.masksVersion);
  const corrected = usePage((state) => state.corrected);
  const accepted = usePage((state) => state.accepted);
  const suggested = usePage((state) => state.suggested);
  const range = usePage((state) => state.range);
  const scroller = useRef<HTMLDivElement>(null);
  const [visible, setVisible] = useState(600);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setVisible(scroller.current!.clientWidth - LABELS));
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  const most = Math.max(1, (count * WIDEST_FRAME) / visible);
  const scale = new Scale(visible * Math.min(zoom, most), count);
  useZoomByWheel(scroller, zoom, most, setZoom);
  const anchor = useRef(0);
  const scrub = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const frame = scale.frameAt(event.clientX - event.currentTarget.getBoundingClientRect().left);
    if (event.type === "pointerdown") anchor.current = frame;
    if (event.shiftKey) setPage({ range: { first: Math.min(anchor.current, frame), last: Math.max(anchor.current, frame) } });
    else seek(frame);
  };
  const rows = Math.max(objects.length, 1) * ROW;
  return (
    <div className="tracks" ref={scroller} style={{ gridTemplateColumns: `${LABELS}px ${scale.width}px`, ...(height !== null && { height, maxHeight: "none" }) }}>
      <div className="corner" />
      <div className="ruler" onPointerDown={scrub} onPointerMove={scrub}>
        <svg width={scale.width} height={RULER} aria-hidden="true">
          <Ruler scale={scale} fps={fps} />
        </svg>
        <Playhead scale={scale} scroller={scroller} />
      </div>
      {filmstrip && (
        <>
          <div className="corner film" />
          <Filmstrip scale={scale} scroller={scroller} />
        </>
      )}
      <ul className="labels">
        {objects.map(({ objectId, name, color }) => (
          <Label key={objectId} name={displayName({ objectId, name })} color={color} selected={objectId === selected} select={() => setPage({ selected: objectId })} />
        ))}
      </ul>
      <div className="scrub" onPointerDown={scrub} onPointerMove={scrub}>
        <svg width={scale.width} height={rows} aria-hidden="true">
          <defs>
            <pattern id="stale" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="2.5" height="5" />
            </pattern>
          </defs>
          {objects.map((object, index) => (
            <g key={object.objectId} transform={`translate(0 ${index * ROW})`}>
              <rect className="row" data-selected={object.objectId === selected} width={scale.width} height={ROW - 1} />
              <TrackRow {...{ object, scale, version, corrected, accepted, suggested }} />
            </g>
          ))}
          {range && <path className="range" d={`M${scale.x(range.first) - scale.step / 2} 0H${scale.x(range.last) + scale.step / 2}V${rows}H${scale.x(range.first) - scale.step / 2}z`} />}
        </svg>
        <Line scale={scale} />
      </div>
    </div>
  );
}

/** Zooms with Ctrl and the wheel about the frame under the pointer. */
function useZoomByWheel(scroller: React.RefObject<HTMLDivElement | null>, zoom: number, most: number, setZoom: (zoom: number) => void): void {
  useLayoutEffect(() => {
    const element = scroller.current!;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const next = Math.max(1, Math.min(most, zoom * Math.exp(-event.deltaY * 0.003)));
      const x = event.clientX - element.getBoundingClientRect().left - LABELS;
      setZoom(next);
      requestAnimationFrame(() => (element.scrollLeft = ((element.scrollLeft + x) * next) / zoom - x));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [scroller, zoom, most, setZoom]);
}

interface LabelProps {
  name: string;
  color: string;
  selected: boolean;
  select: () => void;
}

function Label({ name, color, selected, select }: LabelProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [selected]);
  return (
    <li ref={row} style={{ height: ROW }} aria-current={selected} title={name} onClick={select}>
      <i style={{ background: color }} />
      <span>{name}</span>
    </li>
  );
}

/** The playhead's handle; keeps itself in view. */
function Playhead({ scale, scroller }: { scale: Scale; scroller: React.RefObject<HTMLDivElement | null> }) {
  const frame = usePage((state) => state.frame);
  const left = scale.x(frame);
  useLayoutEffect(() => {
    const element = scroller.current;
    // Not there yet when the timeline opens.
    if (!element) return;
    const width = element.clientWidth - LABELS;
    if (left < element.scrollLeft || left > element.scrollLeft + width) element.scrollLeft = left - width / 2;
  }, [left, scroller]);
  return (
    <div
      className="playhead"
      role="slider"
      tabIndex={0}
      aria-label="Frame"
      aria-valuemin={0}
      aria-valuemax={scale.count - 1}
      aria-valuenow={frame}
      style={{ left }}
    />
  );
}

function Line({ scale }: { scale: Scale }) {
  const frame = usePage((state) => state.frame);
  return <div className="line" style={{ left: scale.x(frame) }} />;
}

function Ruler({ scale, fps }: { scale: Scale; fps: number }) {
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].find((each) => each * scale.step >= 56) ?? 20000;
  const marks = Array.from({ length: Math.ceil(scale.count / every) }, (_, index) => index * every);
  return marks.map((frame) => (
    <g key={frame} className="mark">
      <line x1={scale.x(frame)} x2={scale.x(frame)} y1={RULER - 5} y2={RULER} />
      <text x={scale.x(frame)} y={12} textAnchor="middle">
        {frame}
        <title>{(frame / fps).toFixed(2)} s</title>
      </text>
    </g>
  ));
}
