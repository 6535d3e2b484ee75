import { labelByKey } from "../actions/labels";
import { addObject, selectNext, toggleHidden } from "../actions/objects";
import { seek, stepBy, stepToPrompt, togglePlaying } from "../actions/playback";
import { acceptCandidate, cleanMask, clearFrame, redo, undo } from "../actions/prompts";
import { markAbsent, toggleConfirmed } from "../actions/ranges";
import { absentInReview, acceptInReview, nextDoubtful, toggleReview } from "../actions/review";
import { stopTracking, toggleTracking } from "../actions/tracking";
import { setLoraMode } from "../actions/training";
import { bitmapOf } from "../masks/mask";
import { boundsOf } from "../masks/regions";
import { stage } from "../store/stage";
import { getPage, masks, setPage } from "../store/store";
import { BRUSH_SIZES, type Tool } from "../store/types";
import { storeView } from "../store/view";
import { setBoxCorner, toggleCrosshair } from "./crosshair";

export interface Shortcut {
  /** The keys as the list of shortcuts shows them. */
  shown: string[];
  does: string;
  /** The keys as the keyboard's listener names them; none for what the mouse does. */
  keys: string[];
  run?: (key: string) => void;
}

const MODES = ["OFF", "SUGGEST", "AUTO"] as const;
const PAN_STEP = 60;
const TOOLS: Record<string, Tool> = { p: "point", b: "brush", e: "eraser", o: "polygon", a: "lasso" };

export const SHORTCUTS: { title: string; shortcuts: Shortcut[] }[] = [
  {
    title: "Moving",
    shortcuts: [
      { shown: ["←", "→"], does: "Previous, next frame", keys: ["arrowleft", "arrowright", ",", "."], run: (key) => stepSideways(key, 1) },
      { shown: ["Shift ←", "Shift →"], does: "Ten frames back, forward", keys: ["shift+arrowleft", "shift+arrowright"], run: (key) => stepSideways(key, 10) },
      { shown: ["G"], does: "Go to a frame by its number", keys: ["g"], run: () => focus(".frame input") },
      { shown: ["Page Up", "Page Down"], does: "Previous, next prompt of the object", keys: ["pageup", "pagedown"], run: (key) => stepToPrompt(key === "pageup" ? -1 : 1) },
      { shown: ["Home", "End"], does: "First, last frame", keys: ["home", "end"], run: (key) => seek(key === "home" ? 0 : Infinity) },
      { shown: ["Space"], does: "Play, pause", keys: [" "], run: togglePlaying },
      { shown: ["D"], does: "Next doubtful frame", keys: ["d"], run: nextDoubtful },
      { shown: ["+", "−", "0"], does: "Zoom in, out, to fit (or the wheel)", keys: ["+", "=", "-", "0"], run: zoom },
      { shown: ["Z"], does: "Zoom to the object", keys: ["z"], run: zoomToObject },
      { shown: ["\\"], does: "Hide, show the panels", keys: ["\\"], run: togglePanels },
      { shown: ["Space + drag", "Ctrl ← → ↑ ↓"], does: "Move the picture", keys: ["ctrl+arrowleft", "ctrl+arrowright", "ctrl+arrowup", "ctrl+arrowdown"], run: pan },
    ],
  },
  {
    title: "Objects",
    shortcuts: [
      { shown: ["N"], does: "New object", keys: ["n"], run: () => void addObject() },
      { shown: ["↑", "↓"], does: "Previous, next object", keys: ["arrowup", "arrowdown"], run: (key) => selectNext(key === "arrowup" ? -1 : 1) },
      { shown: ["Click"], does: "On another object's mask: select it (Shift click: prompt)", keys: [] },
      { shown: ["F2", "R"], does: "Rename (or double click the name)", keys: ["r", "f2"], run: () => setPage(({ selected }) => ({ renaming: selected, panels: true })) },
      { shown: ["H"], does: "Hide, show", keys: ["h"], run: hideSelected },
      { shown: ["M"], does: "All masks off, on", keys: ["m"], run: () => setPage(({ showMasks }) => ({ showMasks: !showMasks })) },
      { shown: ["Delete"], does: "Remove the object (then Enter)", keys: ["delete"], run: () => focus(".object[aria-current=true] .remove", true) },
    ],
  },
  {
    title: "Prompts",
    shortcuts: [
      { shown: ["Click"], does: "Part of the object", keys: [] },
      { shown: ["Right click", "Alt click"], does: "Not part of the object", keys: [] },
      { shown: ["Drag"], does: "Box", keys: [] },
      { shown: ["P", "B", "E"], does: "Points and boxes, brush, eraser", keys: ["p", "b", "e", "o", "a"], run: (key) => setPage({ tool: TOOLS[key]!, corner: null }) },
      { shown: ["O", "A"], does: "Polygon (Enter closes it), lasso; Alt takes away", keys: ["enter"], run: () => void (stage.close() || acceptInReview()) },
      { shown: ["[", "]"], does: "Brush smaller, larger", keys: ["[", "]"], run: (key) => scaleBrush(key === "[" ? 0.8 : 1.25) },
      { shown: ["Ctrl Z", "Ctrl Y"], does: "Undo, redo", keys: ["ctrl+z", "ctrl+y", "ctrl+shift+z"], run: (key) => void (key === "ctrl+z" ? undo() : redo()) },
      { shown: ["Backspace"], does: "Clear the object's prompts on this frame", keys: ["backspace"], run: () => void (stage.removeCorner() || clearFrame()) },
      { shown: ["Shift F", "Shift D"], does: "Fill the mask's holes, drop its specks", keys: ["shift+f", "shift+d"], run: (key) => void cleanMask(key === "shift+f" ? "holes" : "specks") },
      { shown: ["C"], does: "Crosshair: arrows move it, Enter adds a point or paints, Alt Enter adds a background point", keys: ["c"], run: toggleCrosshair },
      { shown: ["X", "X"], does: "With the crosshair: one corner of a box, then the other", keys: ["x"], run: setBoxCorner },
    ],
  },
  {
    title: "Tracking and learning",
    shortcuts: [
      { shown: ["T"], does: "Track forward, stop", keys: ["t"], run: () => toggleTracking(false) },
      { shown: ["Shift + drag"], does: "On the timeline: mark frames to track", keys: [] },
      { shown: ["Shift T"], does: "Track backward from here, stop", keys: ["shift+t"], run: () => toggleTracking(true) },
      { shown: ["F"], does: "Follow the frame being tracked", keys: ["f"], run: () => setPage(({ following }) => ({ following: !following })) },
      { shown: ["V"], does: "Review all doubtful masks, end; Enter accepts, D goes on", keys: ["v"], run: toggleReview },
      { shown: ["Shift A"], does: "The object is not there: on this frame, or those marked", keys: ["shift+a"], run: () => void (getPage().review ? absentInReview() : markAbsent()) },
      { shown: ["K"], does: "Confirm the masks, take back: tracking leaves them as they are", keys: ["k"], run: () => void toggleConfirmed() },
      { shown: ["1 – 9"], does: "Accept a candidate; where there is none, label the object", keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], run: acceptNumbered },
      { shown: ["L"], does: "Off, suggest, auto", keys: ["l"], run: nextMode },
      { shown: ["Ctrl O"], does: "Import masks", keys: ["ctrl+o"], run: () => setPage({ dialog: "import" }) },
      { shown: ["Ctrl S"], does: "Export", keys: ["ctrl+s"], run: () => setPage({ dialog: "export" }) },
      { shown: ["Esc"], does: "Stop, close, leave the crosshair", keys: ["escape"], run: escape },
      { shown: ["?"], does: "This list", keys: ["?", "shift+?"], run: () => setPage({ dialog: "shortcuts" }) },
    ],
  },
];

const BY_KEY = new Map(
  SHORTCUTS.flatMap(({ shortcuts }) => shortcuts).flatMap(({ keys, run }) => keys.map((key) => [key, run] as const)),
);

/** What a key does, by its name (for example "ctrl+shift+z"). */
export function shortcutFor(key: string): ((key: string) => void) | undefined {
  return BY_KEY.get(key);
}

function stepSideways(key: string, frames: number): void {
  stepBy(key.endsWith("arrowleft") || key === "," ? -frames : frames);
}

function zoom(key: string): void {
  if (key === "0") stage.fit();
  else stage.zoom(key === "-" ? 0.8 : 1.25);
}

function zoomToObject(): void {
  const { selected, frame } = getPage();
  const mask = selected === null ? undefined : masks.get(frame, selected);
  const bounds = mask && boundsOf(bitmapOf(mask.rle));
  if (bounds) stage.zoomTo(...bounds);
}

function togglePanels(): void {
  const panels = !getPage().panels;
  setPage({ panels });
  storeView({ panels });
}

function pan(key: string): void {
  if (key === "ctrl+arrowleft") stage.pan(PAN_STEP, 0);
  else if (key === "ctrl+arrowright") stage.pan(-PAN_STEP, 0);
  else if (key === "ctrl+arrowup") stage.pan(0, PAN_STEP);
  else stage.pan(0, -PAN_STEP);
}

function hideSelected(): void {
  const { selected } = getPage();
  if (selected !== null) toggleHidden(selected);
}

function scaleBrush(factor: number): void {
  setPage(({ brush }) => ({ brush: Math.max(BRUSH_SIZES.least, Math.min(BRUSH_SIZES.most, brush * factor)) }));
}

function acceptNumbered(key: string): void {
  const { candidates } = getPage();
  const candidate = candidates[Number(key) - 1];
  if (candidate) void acceptCandidate(candidate);
  else if (candidates.length === 0) labelByKey(Number(key));
}

function nextMode(): void {
  void setLoraMode(MODES[(MODES.indexOf(getPage().loraMode) + 1) % MODES.length]!);
}

function focus(selector: string, click = false): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  if (click) element?.click();
}

function escape(): void {
  const { crosshair, tracking, range } = getPage();
  if (stage.cancel()) return;
  if (crosshair) setPage({ crosshair: null, corner: null });
  else if (tracking) stopTracking();
  else setPage(range ? { range: null } : { playing: false });
}
