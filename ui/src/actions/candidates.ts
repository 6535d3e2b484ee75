import { call } from "../api/client";
import { Candidates } from "../api/documents";
import { ApiError } from "../api/errors";
import { reportError } from "../store/notices";
import { findObject, isPrompted } from "../store/selectors";
import { getPage, masks, onPageChange, setPage } from "../store/store";

const DELAY = 120;
const MAX_CANDIDATES = 9;
/** A candidate whose IoU with the mask shown is higher is not worth a look. */
const ALIKE = 0.95;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Everything that the candidates on the page depend on; empty when there are none. */
let current = "";

/** Fetches the selected object's candidates whenever the playhead has come to rest on a tracked frame. */
export function watchCandidates(): void {
  onPageChange(({ view, selected, frame, loraMode, playing, tracking, following, pending, training }) => {
    if (view !== "annotate") return;
    const mask = selected === null ? undefined : masks.get(frame, selected);
    const adapters = findObject(selected)?.adapters ?? [];
    const atRest = !playing && !(tracking && following) && pending === 0 && training === null;
    const wanted =
      atRest && mask && selected !== null && loraMode !== "OFF" && adapters.length > 0 && !isPrompted(selected, frame);
    const key = wanted ? [selected, frame, mask.serial, ...adapters.map((each) => each.adapterId + each.trainingIou)].join() : "";
    if (key === current) return;
    current = key;
    clearTimeout(timer);
    if (getPage().candidates.length) setPage({ candidates: [], hovered: null });
    if (wanted) timer = setTimeout(() => void fetchCandidates(selected, frame, key), DELAY);
  });
}

async function fetchCandidates(objectId: number, frameIndex: number, key: string): Promise<void> {
  try {
    const { loraCandidates } = await call(Candidates, { sessionId: getPage().sessionId!, objectId, frameIndex });
    const others = loraCandidates.filter(({ agreement }) => agreement <= ALIKE);
    if (current === key) setPage({ candidates: others.slice(0, MAX_CANDIDATES) });
  } catch (error) {
    const isUncaptured = error instanceof ApiError && error.code === "FEATURES_NOT_CAPTURED";
    if (current === key && !isUncaptured) reportError("learn", error);
  }
}
