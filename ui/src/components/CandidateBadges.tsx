import { acceptCandidate } from "../actions/prompts";
import { differenceOf } from "../masks/mask";
import { masks, setPage, usePage } from "../store/store";
import type { View } from "./viewport";

const SPACING = 26;
/** CSS pixels at the upper edge of the picture in which a badge, which is above its place, would be cut off. */
const HEADROOM = 50;

/** A numbered button for each candidate, at the top of what it changes. */
export function CandidateBadges({ view }: { view: View }) {
  const candidates = usePage((state) => state.candidates);
  const frame = usePage((state) => state.frame);
  const hovered = usePage((state) => state.hovered);
  return candidates.map((candidate, index) => {
    const { added, removed } = differenceOf(masks.get(frame, candidate.objectId)?.rle, candidate.rleMask);
    const top = added.top ?? removed.top;
    if (!top || candidate.frameIndex !== frame) return null;
    const position = { left: view.x + top.x * view.scale + index * SPACING, top: Math.max(HEADROOM, view.y + top.y * view.scale) };
    return (
      <button
        key={candidate.adapterId}
        className="badge"
        style={position}
        data-hovered={candidate.adapterId === hovered}
        title={`Accept candidate ${index + 1} (key ${index + 1})`}
        aria-label={`Accept candidate ${index + 1}`}
        onPointerEnter={() => setPage({ hovered: candidate.adapterId })}
        onPointerLeave={() => setPage({ hovered: null })}
        onClick={() => void acceptCandidate(candidate)}
      >
        {index + 1}
      </button>
    );
  });
}
