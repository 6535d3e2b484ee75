import { cancelTrackingFirst } from "../actions/trackingFirst";
import { usePage } from "../store/store";
import type { TrackedFirst } from "../store/types";

const LABELS: Record<TrackedFirst["purpose"], string> = {
  PROPAGATE_TO_FRAME: "Tracking to a frame",
  PROMPT: "Tracking before the prompt",
  CORRECTION: "Tracking before the correction",
  TRAINING: "Tracking before the training",
  CANDIDATES: "Tracking before the candidates",
};

/** The frames that a prompt, correction or training waits for. */
export function TrackingFirst() {
  const progress = usePage((state) => state.trackingFirst);
  if (!progress) return null;
  return (
    <p className="notice progress first" role="status">
      {LABELS[progress.purpose]}
      <progress max={progress.total} value={progress.completed} aria-label="Frames tracked first" />
      <output>
        {progress.completed} / {progress.total}
      </output>
      <button title="Frames that are tracked already stay; nothing else changes" onClick={() => void cancelTrackingFirst()}>
        Cancel
      </button>
    </p>
  );
}
