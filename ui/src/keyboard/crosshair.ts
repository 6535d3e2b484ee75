import { addBox, addPoint } from "../actions/prompts";
import { stage } from "../store/stage";
import { getPage, setPage } from "../store/store";

const STEP = 0.01;
const LARGE_STEP = 0.05;
const DIRECTIONS: Partial<Record<string, [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function toggleCrosshair(): void {
  setPage(({ crosshair }) => ({ crosshair: crosshair ? null : [0.5, 0.5], corner: null, playing: false, following: false }));
}

/** Sets one corner of a box at the crosshair; the second corner completes the box. */
export function setBoxCorner(): void {
  const { crosshair, corner, tool } = getPage();
  if (!crosshair || tool !== "point") return;
  if (!corner) return setPage({ corner: crosshair });
  setPage({ corner: null });
  const [left, right] = [Math.min(corner[0], crosshair[0]), Math.max(corner[0], crosshair[0])];
  const [top, bottom] = [Math.min(corner[1], crosshair[1]), Math.max(corner[1], crosshair[1])];
  if (left < right && top < bottom) void addBox([left, top, right, bottom]);
}

/** Moves the crosshair or places a prompt at it. Returns whether the key did either. */
export function handleCrosshairKey(event: KeyboardEvent): boolean {
  const { crosshair, tool } = getPage();
  if (!crosshair || event.ctrlKey || event.metaKey) return false;
  if (event.key === "Enter") {
    if (event.target instanceof HTMLButtonElement) return false;
    if (tool === "point") void addPoint(crosshair, event.altKey ? 0 : 1);
    else stage.dab(...crosshair);
    return true;
  }
  const direction = DIRECTIONS[event.key];
  if (!direction) return false;
  const step = event.shiftKey ? LARGE_STEP : STEP;
  setPage({ crosshair: [clamp(crosshair[0] + direction[0] * step), clamp(crosshair[1] + direction[1] * step)] });
  return true;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}
