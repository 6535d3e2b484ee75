import { type ReactNode, useState } from "react";

import { addObject } from "../actions/objects";
import { nextDoubtful } from "../actions/review";
import { startTracking } from "../actions/tracking";
import { countFrames } from "../store/selectors";
import { hintsAreOff, turnHintsOff } from "../store/view";
import { usePage } from "../store/store";
import { Icon } from "./Icon";

/** What to do next, from the first click to the first correction that was learned. */
export function Hints() {
  const [off, setOff] = useState(hintsAreOff);
  const hint = useHint();
  if (off || !hint) return null;
  return (
    <div className="hint" role="note" aria-label="Hint">
      {hint}
      <button
        className="plain"
        title="No more hints"
        aria-label="No more hints"
        onClick={() => {
          turnHintsOff();
          setOff(true);
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function useHint(): ReactNode {
  const tool = usePage((state) => state.tool);
  const objects = usePage((state) => state.objects);
  const isTracking = usePage((state) => state.tracking !== null);
  const isTraining = usePage((state) => state.training !== null);
  const hasLearned = usePage((state) => state.lastRun !== null || state.objects.some((each) => each.adapters.length));
  const corrected = usePage((state) => state.corrected.size + state.accepted.size);
  const isReviewing = usePage((state) => state.review !== null);
  const isPending = usePage((state) => state.pendingPrompts.length > 0);
  usePage((state) => state.masksVersion);
  const prompted = objects.filter(({ promptedFrames }) => promptedFrames.length).length;
  if (isTracking || isTraining || isPending || isReviewing) return null;
  if (prompted === 0) {
    return <span>{tool === "point" ? "Click an object, or drag a box around it" : "Draw over an object"} · <kbd>?</kbd> lists all keys</span>;
  }
  const isTracked = countFrames().annotated > Math.max(...objects.map(({ promptedFrames }) => promptedFrames.length));
  // Where every frame is drawn by hand, none is tracked.
  if (!isTracked && corrected === 0) {
    if (prompted < objects.length) return <span>Click the new object</span>;
    return (
      <span>
        Wrong? Click what is missing, right click what is too much. Then{" "}
        <button onClick={() => addObject()}>
          add the next object <kbd>N</kbd>
        </button>{" "}
        or{" "}
        <button onClick={() => startTracking(false)}>
          track <kbd>T</kbd>
        </button>
      </span>
    );
  }
  if (corrected === 1 && countFrames().stale > 0) {
    return (
      <span>
        {hasLearned ? "The model has learned from your correction: see Learning" : "Your correction is saved"}. Now{" "}
        <button onClick={() => startTracking(false)}>
          track <kbd>T</kbd>
        </button>{" "}
        on, so that later masks follow it
      </span>
    );
  }
  if (hasLearned || corrected > 0) return null;
  return (
    <span>
      Look at the frame{" "}
      <button onClick={nextDoubtful}>
        most in doubt <kbd>D</kbd>
      </button>
      . Where a mask is wrong, correct it with a click: the model learns from it
    </span>
  );
}
