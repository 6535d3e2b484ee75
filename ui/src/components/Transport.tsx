import { useState } from "react";

import { seek, stepBy, stepToPrompt, togglePlaying } from "../actions/playback";
import { markAbsent, removeMasks, toggleConfirmed } from "../actions/ranges";
import { nextDoubtful, toggleReview } from "../actions/review";
import { startTracking, stopTracking, toggleTracking, trackBothWays, trackRange } from "../actions/tracking";
import { untrackedFrames } from "../store/selectors";
import { setPage, usePage } from "../store/store";
import { Icon } from "./Icon";
import { DoubtScale, Legend } from "./Legend";
import { Menu } from "./Menu";

const SPEEDS = [0.25, 0.5, 1, 2, 4];

interface Props {
  zoom: number;
  setZoom: (zoom: number) => void;
  filmstrip: boolean;
  toggleFilmstrip: () => void;
}

export function Transport({ zoom, setZoom, filmstrip, toggleFilmstrip }: Props) {
  const playing = usePage((state) => state.playing);
  const speed = usePage((state) => state.speed);
  return (
    <div className="transport">
      <div className="group">
        <button title="Previous prompt of the object (Page Up)" aria-label="Previous prompt" onClick={() => stepToPrompt(-1)}>
          <Icon name="previousKey" />
        </button>
        <button title="Previous frame (←)" aria-label="Previous frame" onClick={() => stepBy(-1)}>
          <Icon name="previous" />
        </button>
        <button title="Play, pause (Space)" aria-label={playing ? "Pause" : "Play"} onClick={togglePlaying}>
          <Icon name={playing ? "pause" : "play"} />
        </button>
        <button title="Next frame (→)" aria-label="Next frame" onClick={() => stepBy(1)}>
          <Icon name="next" />
        </button>
        <button title="Next prompt of the object (Page Down)" aria-label="Next prompt" onClick={() => stepToPrompt(1)}>
          <Icon name="nextKey" />
        </button>
      </div>
      <FrameField />
      <select aria-label="Playback speed" title="Playback speed" value={speed} onChange={(event) => setPage({ speed: Number(event.target.value) })}>
        {SPEEDS.map((each) => (
          <option key={each} value={each}>
            {each}×
          </option>
        ))}
      </select>
      <FrameStep />
      <TrackButtons />
      <button title="Go to the mask that the model is least sure of (D)" onClick={nextDoubtful}>
        <Icon name="doubt" /> Next doubtful
      </button>
      <ReviewButton />
      <Marked />
      <Progress />
      <span className="spring" />
      <DoubtScale />
      <Legend />
      <div className="group">
        <button title="Pictures along the timeline" aria-label="Filmstrip" aria-pressed={filmstrip} onClick={toggleFilmstrip}>
          <Icon name="video" />
        </button>
        <button title="Timeline: zoom out (Ctrl and the wheel)" aria-label="Timeline: zoom out" disabled={zoom <= 1} onClick={() => setZoom(Math.max(1, zoom / 1.6))}>
          <Icon name="zoomOut" />
        </button>
        <button title="Timeline: zoom in (Ctrl and the wheel)" aria-label="Timeline: zoom in" onClick={() => setZoom(zoom * 1.6)}>
          <Icon name="zoomIn" />
        </button>
      </div>
    </div>
  );
}

function FrameField() {
  const frame = usePage((state) => state.frame);
  const video = usePage((state) => state.video)!;
  /** What is being typed: while frames are tracked or played, the frame's number would change under the cursor. */
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <label className="frame" title="Go to a frame (G)">
      <span>Frame</span>
      <input
        type="number"
        aria-label="Frame"
        min={0}
        max={video.frameCount - 1}
        value={typed ?? frame}
        onFocus={(event) => {
          setTyped(String(frame));
          event.target.select();
        }}
        onBlur={() => setTyped(null)}
        onChange={(event) => {
          setTyped(event.target.value);
          if (event.target.value !== "") seek(event.target.valueAsNumber);
        }}
        onKeyDown={(event) => (event.key === "Enter" || event.key === "Escape") && event.currentTarget.blur()}
      />
      <small>
        of {video.frameCount} · {(frame / video.fps).toFixed(2)} s
      </small>
    </label>
  );
}

const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 60];

/** Every how many-th frame is worked on; it cannot change once the session has begun. */
function FrameStep() {
  const frameStep = usePage((state) => state.frameStep);
  const hasBegun = usePage((state) => state.sessionId !== null);
  const fps = usePage((state) => state.video!.fps);
  if (hasBegun && frameStep === 1) return null;
  return (
    <select
      aria-label="Frames to work on"
      title={`${rateOf(fps, frameStep)} frames a second. ${hasBegun ? "The session works on these frames" : "Which frames to work on; this stays as it is from the first change on"}`}
      disabled={hasBegun}
      value={frameStep}
      onChange={(event) => setPage({ frameStep: Number(event.target.value), frame: 0 })}
    >
      {[...new Set([...STEPS, frameStep])].map((each) => (
        <option key={each} value={each}>
          {each === 1 ? "every frame" : `every ${each}${each === 2 ? "nd" : each === 3 ? "rd" : "th"} frame (${rateOf(fps, each)}/s)`}
        </option>
      ))}
    </select>
  );
}

/** For example "5 of 60". */
function rateOf(fps: number, frameStep: number): string {
  const rounded = (rate: number) => Number(rate.toFixed(rate < 1 ? 2 : 1));
  return frameStep === 1 ? String(rounded(fps)) : `${rounded(fps / frameStep)} of ${rounded(fps)}`;
}

function TrackButtons() {
  const tracking = usePage((state) => state.tracking);
  const prompted = usePage((state) => state.objects.some((each) => each.promptedFrames.length));
  const onlySelected = usePage((state) => state.onlySelected);
  usePage((state) => state.masksVersion);
  usePage((state) => state.objects);
  usePage((state) => state.selected);
  const untracked = tracking ? 0 : untrackedFrames().length;
  if (tracking) {
    return (
      <button className="primary stop" title="Stop (T)" onClick={stopTracking}>
        <Icon name="stop" /> Stop
      </button>
    );
  }
  return (
    <div className="group">
      <button className="primary" title="Track forward from the first frame that needs it (T)" disabled={!prompted} onClick={() => toggleTracking(false)}>
        Track{untracked > 0 && <small>{untracked} frames</small>}
      </button>
      <Menu label="More ways to track" button={<Icon name="more" />}>
        <button disabled={!prompted} onClick={() => startTracking(true)}>
          Back from this frame <kbd>Shift T</kbd>
        </button>
        <button disabled={!prompted} onClick={trackBothWays}>
          Both ways from this frame
        </button>
        <label>
          <input type="checkbox" checked={onlySelected} onChange={(event) => setPage({ onlySelected: event.target.checked })} />
          Selected object only
        </label>
        <p className="quiet">Shift and drag on the timeline marks frames to track.</p>
      </Menu>
    </div>
  );
}

function ReviewButton() {
  const reviewing = usePage((state) => state.review !== null);
  return (
    <button title="Walk through all doubtful masks, worst first (V)" aria-pressed={reviewing} onClick={toggleReview}>
      <Icon name="review" /> Review
    </button>
  );
}

/** What can be done with the frames marked on the timeline. */
function Marked() {
  const range = usePage((state) => (state.review ? null : state.range));
  const prompted = usePage((state) => state.objects.some((each) => each.promptedFrames.length));
  if (!range) return null;
  return (
    <span className="progress marked">
      Frames {range.first} to {range.last}
      <button disabled={!prompted} title="Track these frames forward" onClick={() => trackRange(range, false)}>
        Track
      </button>
      <button disabled={!prompted} title="Track these frames backward" onClick={() => trackRange(range, true)}>
        Back
      </button>
      <button title="The selected object is not there on these frames (Shift A)" onClick={() => void markAbsent()}>
        Absent
      </button>
      <button title="Confirm the selected object's masks there (K)" onClick={() => void toggleConfirmed()}>
        Confirm
      </button>
      <button title="Remove the selected object's masks there; prompts stay" onClick={() => void removeMasks()}>
        Remove
      </button>
      <button className="plain" aria-label="Unmark the frames" onClick={() => setPage({ range: null })}>
        <Icon name="close" />
      </button>
    </span>
  );
}

function Progress() {
  const tracking = usePage((state) => state.tracking);
  const following = usePage((state) => state.following);
  if (!tracking) return null;
  return (
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
  );
}
