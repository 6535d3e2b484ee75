import { memo, type PointerEvent, useLayoutEffect, useRef, useState } from "react";

import { seek, stepBy, togglePlaying } from "../actions/playback";
import { nextDoubtful } from "../actions/review";
import { toggleTracking } from "../actions/tracking";
import { confidence } from "../masks/mask";
import { displayName, untrackedFrames } from "../store/selectors";
import { masks, setPage, usePage } from "../store/store";
import { frameKey, type TrackedObject } from "../store/types";
import { Icon } from "./Icon";
import { NoticeLine } from "./NoticeLine";
import { TrackingFirst } from "./TrackingFirst";

const ROW = 34;
const RULER = 20;
const PAD = 16;

export function Timeline() {
  return (
    <footer className="timeline" aria-label="Timeline">
      <Transport />
      <Tracks />
    </footer>
  );
}

function Transport() {
  const { frame, video, playing, tracking, following, objects } = usePage();
  /** What is being typed: while frames are tracked or played, the frame's number would change under the cursor. */
  const [typed, setTyped] = useState<string | null>(null);
  const count = video!.frameCount;
  const untracked = tracking ? 0 : untrackedFrames().length;
  const prompted = objects.some((each) => each.promptedFrames.length);
  return (
    <div className="transport">
      <div className="group">
        <button title="Previous frame (←)" aria-label="Previous frame" onClick={() => stepBy(-1)}>
          <Icon name="previous" />
        </button>
        <button title="Play, pause (Space)" aria-label={playing ? "Pause" : "Play"} onClick={togglePlaying}>
          <Icon name={playing ? "pause" : "play"} />
        </button>
        <button title="Next frame (→)" aria-label="Next frame" onClick={() => stepBy(1)}>
          <Icon name="next" />
        </button>
      </div>
      <label className="frame">
        <span>Frame</span>
        <input
          type="number"
          min={0}
          max={count - 1}
          value={typed ?? frame}
          onFocus={() => setTyped(String(frame))}
          onBlur={() => setTyped(null)}
          onChange={(event) => {
            setTyped(event.target.value);
            if (event.target.value !== "") seek(event.target.valueAsNumber);
          }}
          onKeyDown={(event) => (event.key === "Enter" || event.key === "Escape") && event.currentTarget.blur()}
        />
        <small>
          of {count} · {(frame / video!.fps).toFixed(2)} s
        </small>
      </label>
      {tracking ? (
        <button className="primary stop" title="Stop (T)" onClick={() => toggleTracking(false)}>
          <Icon name="stop" /> Stop
        </button>
      ) : (
        <div className="group">
          <button className="primary" title="Track forward from the first frame that needs it (T)" disabled={!prompted} onClick={() => toggleTracking(false)}>
            Track{untracked > 0 && <small>{untracked} frames</small>}
          </button>
          <button title="Track backward from this frame (Shift T)" disabled={!prompted || frame === 0} onClick={() => toggleTracking(true)}>
            Back
          </button>
        </div>
      )}
      {tracking && (
        <span className="progress">
          <progress max={Math.max(tracking.total, 1)} value={tracking.completed} aria-label="Frames tracked" />
          <output>
            {tracking.completed} / {tracking.total || "…"}
            {tracking.framesPerSecond !== null && ` · ${tracking.framesPerSecond.toFixed(1)} frames/s`}
          </output>
          <label>
            <input type="checkbox" checked={following} onChange={(event) => setPage({ following: event.target.checked })} /> Follow
          </label>
        </span>
      )}
      <TrackingFirst />
      <button title="Go to the mask that the model is least sure of (D)" onClick={nextDoubtful}>
        <Icon name="doubt" /> Next doubtful frame
      </button>
      <NoticeLine place="track" />
      <span className="spring" />
      <Legend />
    </div>
  );
}

function Legend() {
  return (
    <ul className="legend" aria-label="Legend">
      <li>
        <svg viewBox="0 0 12 12"><path className="prompted" d="M6 1l5 5-5 5-5-5z" /></svg> prompt
      </li>
      <li>
        <svg viewBox="0 0 12 12"><circle className="correction" cx="6" cy="6" r="4" /></svg> correction
      </li>
      <li>
        <svg viewBox="0 0 12 12"><rect className="adapter" x="1" y="4" width="10" height="4" /></svg> by an adapter
      </li>
      <li>
        <svg viewBox="0 0 12 12"><path className="suggested" d="M6 2l4 8H2z" /></svg> suggestion
      </li>
      <li>
        <svg viewBox="0 0 12 12"><path className="sure" d="M1 9l3-5 3 3 4-5" /></svg> confidence
      </li>
      <li>
        <svg viewBox="0 0 12 12"><rect className="stale" x="1" y="2" width="10" height="8" /></svg> stale
      </li>
    </ul>
  );
}

function Tracks() {
  const objects = usePage((state) => state.objects);
  const selected = usePage((state) => state.selected);
  const count = usePage((state) => state.video!.frameCount);
  const fps = usePage((state) => state.video!.fps);
  const version = usePage((state) => state.masksVersion);
  const corrected = usePage((state) => state.corrected);
  const accepted = usePage((state) => state.accepted);
  const suggested = usePage((state) => state.suggested);
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setWidth(holder.current!.clientWidth));
    observer.observe(holder.current!);
    return () => observer.disconnect();
  }, []);
  const scale = new Scale(width, count);
  const scrub = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    seek(scale.frameAt(event.clientX - event.currentTarget.getBoundingClientRect().left));
  };
  return (
    <div className="tracks">
      <ul className="labels" style={{ paddingTop: RULER }}>
        {objects.map(({ objectId, name, color }) => (
          <li key={objectId} style={{ height: ROW }} aria-current={objectId === selected} onClick={() => setPage({ selected: objectId })}>
            <i style={{ background: color }} />
            <span>{displayName({ objectId, name })}</span>
          </li>
        ))}
      </ul>
      <div className="scrub" ref={holder} onPointerDown={scrub} onPointerMove={scrub}>
        <Playhead scale={scale} height={RULER + Math.max(objects.length, 1) * ROW} />
        <svg width={width} height={RULER + Math.max(objects.length, 1) * ROW} aria-hidden="true">
          <defs>
            <pattern id="stale" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="2" height="5" />
            </pattern>
          </defs>
          <Ruler scale={scale} fps={fps} />
          {objects.map((object, index) => (
            <g key={object.objectId} transform={`translate(0 ${RULER + index * ROW})`}>
              <rect className="row" data-selected={object.objectId === selected} width={width} height={ROW - 1} />
              <Row object={object} scale={scale} width={width} version={version} corrected={corrected} accepted={accepted} suggested={suggested} />
            </g>
          ))}
        </svg>
      </div>
    </div>
  );
}

class Scale {
  readonly step: number;

  constructor(
    width: number,
    readonly count: number,
  ) {
    this.step = (width - 2 * PAD) / Math.max(count, 1);
  }

  /** The center of a frame. */
  x(frame: number): number {
    return PAD + (frame + 0.5) * this.step;
  }

  frameAt(x: number): number {
    return Math.max(0, Math.min(this.count - 1, Math.floor((x - PAD) / this.step)));
  }
}

function Playhead({ scale, height }: { scale: Scale; height: number }) {
  const frame = usePage((state) => state.frame);
  return (
    <div
      className="playhead"
      role="slider"
      tabIndex={0}
      aria-label="Frame"
      aria-valuemin={0}
      aria-valuemax={scale.count - 1}
      aria-valuenow={frame}
      style={{ left: scale.x(frame), height }}
    />
  );
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

interface RowProps {
  object: TrackedObject;
  scale: Scale;
  width: number;
  version: number;
  corrected: Set<string>;
  accepted: Set<string>;
  suggested: Set<string>;
}

const Row = memo(function Row({ object, scale, corrected, accepted, suggested }: RowProps) {
  const { objectId, promptedFrames, color } = object;
  const frames = masks.framesOf(objectId);
  const framesWhere = (test: (frame: number) => boolean) => frames.filter(test);
  const mask = (frame: number) => masks.get(frame, objectId)!;
  const prompted = new Set(promptedFrames);
  const isCorrection = (frame: number) => corrected.has(frameKey(objectId, frame)) || accepted.has(frameKey(objectId, frame));
  const middle = ROW / 2;
  return (
    <g data-row={objectId}>
      <path className="tracked" d={bands(frames, scale, 3, ROW - 8)} fill={color} />
      <path className="stale" d={bands(framesWhere((frame) => mask(frame).stale), scale, 3, ROW - 8)} />
      <path className="adapter" d={bands(framesWhere((frame) => mask(frame).source === "LORA"), scale, ROW - 7, 4)} fill={color} />
      <path className="doubt" d={curve(frames, scale, objectId, true)} />
      <path className="sure" d={curve(frames, scale, objectId, false)} />
      {framesWhere((frame) => suggested.has(frameKey(objectId, frame))).map((frame) => (
        <path key={frame} className="suggested" d={`M${scale.x(frame)} 2l3.5 6h-7z`} />
      ))}
      {promptedFrames.map((frame) =>
        isCorrection(frame) ? (
          <circle key={frame} className="correction" data-correction={frame} data-accepted={accepted.has(frameKey(objectId, frame))} cx={scale.x(frame)} cy={middle} r="4.5" />
        ) : (
          <path key={frame} className="prompted" data-prompted={frame} d={`M${scale.x(frame)} ${middle - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z`} />
        ),
      )}
      <title>{`${frames.length - prompted.size} frames tracked`}</title>
    </g>
  );
}, sameRow);

/** A path with one rectangle for each run of consecutive frames. */
function bands(frames: number[], scale: Scale, top: number, height: number): string {
  let path = "";
  for (let first = 0; first < frames.length; ) {
    let last = first;
    while (frames[last + 1] === frames[last]! + 1) last++;
    const x = scale.x(frames[first]!) - scale.step / 2;
    path += `M${x.toFixed(1)} ${top}h${((last - first + 1) * scale.step).toFixed(1)}v${height}h${(-(last - first + 1) * scale.step).toFixed(1)}z`;
    first = last + 1;
  }
  return path;
}

const CURVE_TOP = 4;

/**
 * The model's confidence over the frames, 0 at the bottom of the row and 1 at its top, with gaps at masks given by hand.
 * Filled, the path is the area above the curve: large where the model is unsure.
 */
function curve(frames: number[], scale: Scale, objectId: number, filled: boolean): string {
  let path = "";
  let before = -2;
  for (const frame of frames) {
    const certainty = confidence(masks.get(frame, objectId)!);
    if (certainty === null) continue;
    const continues = frame === before + 1;
    const [x, y] = [scale.x(frame).toFixed(1), (CURVE_TOP + (1 - certainty) * (ROW - 10)).toFixed(1)];
    if (filled && !continues) path += `${path && `V${CURVE_TOP}Z`}M${x} ${CURVE_TOP}`;
    path += `${continues || filled ? "L" : "M"}${x} ${y}`;
    before = frame;
  }
  return filled && path ? `${path}V${CURVE_TOP}Z` : path;
}

function sameRow(before: RowProps, now: RowProps): boolean {
  return (
    before.object === now.object &&
    before.width === now.width &&
    before.scale.count === now.scale.count &&
    before.version === now.version &&
    before.corrected === now.corrected &&
    before.accepted === now.accepted &&
    before.suggested === now.suggested
  );
}
