import { memo } from "react";

import { confidence } from "../masks/mask";
import { masks } from "../store/store";
import { type FrameRange, frameKey, type TrackedObject } from "../store/types";
import { DOUBT_STEPS, doubtOf, ROW, type Scale } from "./timelineScale";

interface Props {
  object: TrackedObject;
  scale: Scale;
  /** Changes with every mask. */
  version: number;
  corrected: Set<string>;
  accepted: Set<string>;
  suggested: Set<string>;
}

const TOP = 2;
const TRACKED = 15;
const HEAT = { top: 18, height: 8 };

/** One object's frames: tracked, stale and prompted above, doubt below. */
export const TrackRow = memo(function TrackRow({ object, scale, corrected, accepted, suggested }: Props) {
  const { objectId, promptedFrames, absentRanges, confirmedRanges, color } = object;
  const frames = masks.framesOf(objectId);
  const framesWhere = (test: (frame: number) => boolean) => frames.filter(test);
  const mask = (frame: number) => masks.get(frame, objectId)!;
  const isCorrection = (frame: number) => corrected.has(frameKey(objectId, frame)) || accepted.has(frameKey(objectId, frame));
  const middle = TOP + TRACKED / 2;
  const byDoubt: number[][] = DOUBT_STEPS.map(() => []);
  for (const frame of frames) {
    const certainty = confidence(mask(frame));
    if (certainty !== null) byDoubt[doubtOf(certainty)]!.push(frame);
  }
  return (
    <g data-row={objectId}>
      <path className="tracked" d={scale.bands(framesWhere((frame) => mask(frame).source !== "ABSENT"), TOP, TRACKED)} fill={color} />
      <path className="absent" data-absent={objectId} d={bandsOf(absentRanges, scale, TOP + TRACKED / 2 - 1, 2)} fill={color} />
      <path className="confirmed" data-confirmed={objectId} d={bandsOf(confirmedRanges, scale, 0, 3)} />
      <path className="stale" d={scale.bands(framesWhere((frame) => mask(frame).stale), TOP, TRACKED)} />
      <path className="adapter" d={scale.bands(framesWhere((frame) => mask(frame).source === "LORA"), TOP + TRACKED - 4, 4)} />
      {byDoubt.map((each, step) => (
        <path key={step} className="doubt" data-step={step} d={scale.bands(each, HEAT.top, HEAT.height)} />
      ))}
      {framesWhere((frame) => suggested.has(frameKey(objectId, frame))).map((frame) => (
        <path key={frame} className="suggested" d={`M${scale.x(frame)} ${TOP}l3.5 6h-7z`} />
      ))}
      {promptedFrames.map((frame) =>
        isCorrection(frame) ? (
          <circle key={frame} className="correction" data-correction={frame} data-accepted={accepted.has(frameKey(objectId, frame))} cx={scale.x(frame)} cy={middle} r="4.5" />
        ) : (
          <path key={frame} className="prompted" data-prompted={frame} d={`M${scale.x(frame)} ${middle - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z`} />
        ),
      )}
      <rect className="row-edge" y={ROW - 1} width={scale.width} height="1" />
    </g>
  );
}, isSame);

function bandsOf(ranges: FrameRange[], scale: Scale, top: number, height: number): string {
  return ranges
    .map(({ first, last }) => {
      const [x, width] = [scale.x(first) - scale.step / 2, (last - first + 1) * scale.step];
      return `M${x.toFixed(1)} ${top}h${width.toFixed(1)}v${height}h${(-width).toFixed(1)}z`;
    })
    .join("");
}

function isSame(before: Props, now: Props): boolean {
  return (
    before.object === now.object &&
    before.scale.width === now.scale.width &&
    before.scale.count === now.scale.count &&
    before.version === now.version &&
    before.corrected === now.corrected &&
    before.accepted === now.accepted &&
    before.suggested === now.suggested
  );
}
