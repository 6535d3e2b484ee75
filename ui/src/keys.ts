import { setLoraMode } from "./learning";
import { addObject, selectNext, toggleHidden } from "./objects";
import { stage } from "./parts/Stage";
import { nextDoubtful, seek, step, togglePlaying } from "./playing";
import { addBox, addPoint, clearFrame, redo, takeCandidate, undo } from "./prompts";
import { page, setPage, type Tool } from "./store";
import { stopTracking, toggleTracking } from "./tracking";

export interface Key {
  /** As the sheet writes them. */
  keys: string[];
  does: string;
  /** As `pressed` writes them. */
  presses: string[];
  run: (pressed: string) => void;
}

const MODES = ["OFF", "SUGGEST", "AUTO"] as const;

const tool = (name: Tool) => () => setPage({ tool: name, corner: null });
const brush = (factor: number) => () => setPage(({ brush }) => ({ brush: Math.max(1, Math.min(200, brush * factor)) }));

export const KEYS: { title: string; keys: Key[] }[] = [
  {
    title: "Moving",
    keys: [
      { keys: ["←", "→"], does: "Frame back, on", presses: ["arrowleft", "arrowright", ",", "."], run: (key) => sideways(key, 1) },
      { keys: ["Shift ←", "Shift →"], does: "Ten frames back, on", presses: ["shift+arrowleft", "shift+arrowright"], run: (key) => sideways(key, 10) },
      { keys: ["Home", "End"], does: "First, last frame", presses: ["home", "end"], run: (key) => seek(key === "home" ? 0 : Infinity) },
      { keys: ["Space"], does: "Play, pause", presses: [" "], run: togglePlaying },
      { keys: ["D"], does: "Next doubtful frame", presses: ["d"], run: nextDoubtful },
      { keys: ["+", "−", "0"], does: "Zoom in, out, to fit (or the wheel)", presses: ["+", "=", "-", "0"], run: zoom },
      { keys: ["Space + drag", "Ctrl ← → ↑ ↓"], does: "Move the picture", presses: ["ctrl+arrowleft", "ctrl+arrowright", "ctrl+arrowup", "ctrl+arrowdown"], run: pan },
    ],
  },
  {
    title: "Objects",
    keys: [
      { keys: ["N"], does: "New object", presses: ["n"], run: () => void addObject() },
      { keys: ["↑", "↓"], does: "Object before, after", presses: ["arrowup", "arrowdown"], run: upDown },
      { keys: ["R"], does: "Rename", presses: ["r", "f2"], run: () => focus(".object[aria-current=true] .name") },
      { keys: ["H"], does: "Hide, show", presses: ["h"], run: () => page().selected !== null && toggleHidden(page().selected!) },
      { keys: ["M"], does: "All masks off, on", presses: ["m"], run: () => setPage(({ showMasks }) => ({ showMasks: !showMasks })) },
      { keys: ["Delete"], does: "Remove the object (then Enter)", presses: ["delete"], run: () => focus(".object[aria-current=true] .remove", true) },
    ],
  },
  {
    title: "Prompts",
    keys: [
      { keys: ["Click"], does: "This belongs to the object", presses: [], run: () => {} },
      { keys: ["Right click", "Alt click"], does: "This does not", presses: [], run: () => {} },
      { keys: ["Drag"], does: "Box", presses: [], run: () => {} },
      { keys: ["P", "B", "E"], does: "Points and boxes, brush, eraser", presses: ["p", "b", "e"], run: (key) => tool(key === "p" ? "point" : key === "b" ? "brush" : "eraser")() },
      { keys: ["[", "]"], does: "Brush smaller, larger", presses: ["[", "]"], run: (key) => brush(key === "[" ? 0.8 : 1.25)() },
      { keys: ["Ctrl Z", "Ctrl Y"], does: "Undo, redo", presses: ["ctrl+z", "ctrl+y", "ctrl+shift+z"], run: (key) => void (key === "ctrl+z" ? undo() : redo()) },
      { keys: ["Backspace"], does: "Clear the object's prompts on this frame", presses: ["backspace"], run: () => void clearFrame() },
      { keys: ["C"], does: "Crosshair: arrows move it, Enter adds a point or paints, Alt Enter adds a background point", presses: ["c"], run: toggleCrosshair },
      { keys: ["X", "X"], does: "With the crosshair: one corner of a box, then the other", presses: ["x"], run: corner },
    ],
  },
  {
    title: "Tracking and learning",
    keys: [
      { keys: ["T"], does: "Track on, stop", presses: ["t"], run: () => toggleTracking(false) },
      { keys: ["Shift T"], does: "Track back from here, stop", presses: ["shift+t"], run: () => toggleTracking(true) },
      { keys: ["F"], does: "Follow the frame being tracked", presses: ["f"], run: () => setPage(({ following }) => ({ following: !following })) },
      { keys: ["1 – 9"], does: "Take a candidate", presses: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], run: take },
      { keys: ["L"], does: "Off, suggest, auto", presses: ["l"], run: () => void setLoraMode(MODES[(MODES.indexOf(page().loraMode) + 1) % 3]!) },
      { keys: ["Ctrl S"], does: "Export", presses: ["ctrl+s"], run: () => setPage({ sheet: "export" }) },
      { keys: ["Esc"], does: "Stop, close, let go", presses: ["escape"], run: escape },
      { keys: ["?"], does: "This sheet", presses: ["?", "shift+?"], run: () => setPage({ sheet: "keys" }) },
    ],
  },
];

const BY_PRESS = new Map(KEYS.flatMap(({ keys }) => keys).flatMap((key) => key.presses.map((press) => [press, key] as const)));

/** Listens to the keyboard while a session is open. */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (page().view !== "annotate") return;
    const press = pressed(event);
    const { sheet } = page();
    // Escape is taken from the browser, which says that a dialog closed only after the keys that follow were pressed.
    if (sheet && press === "escape") return closeSheet(event);
    if (isTyping(event.target)) return;
    if (sheet) return press === "?" || press === "shift+?" ? closeSheet(event) : undefined;
    if (press === " ") {
      if (event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      if (!event.repeat) stage.panned = false;
      stage.panning = true;
      return;
    }
    if (page().crosshair && crosshairKey(event)) return event.preventDefault();
    const key = BY_PRESS.get(press);
    if (!key) return;
    event.preventDefault();
    key.run(press);
  });
  // A button pressed by the mouse lets go of the keyboard, so that Space plays; one that asks again keeps it.
  addEventListener("click", (event) => {
    const button = document.activeElement;
    if (event.detail > 0 && button instanceof HTMLButtonElement && !button.dataset.asks) button.blur();
  });
  addEventListener("keyup", (event) => {
    if (event.key !== " " || !stage.panning) return;
    stage.panning = false;
    if (!stage.panned) togglePlaying();
  });
}

function closeSheet(event: KeyboardEvent): void {
  event.preventDefault();
  setPage({ sheet: null });
}

function pressed(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.shiftKey) parts.push("shift");
  return [...parts, event.key.toLowerCase()].join("+");
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "range" && target.type !== "radio" && target.type !== "color";
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

function sideways(press: string, by: number): void {
  step(press.endsWith("arrowleft") || press === "," ? -by : by);
}

function upDown(press: string): void {
  selectNext(press === "arrowup" ? -1 : 1);
}

function zoom(press: string): void {
  if (press === "0") stage.fit();
  else stage.zoom(press === "-" ? 0.8 : 1.25);
}

function pan(press: string): void {
  const by = 60;
  const [x, y] = { left: [by, 0], right: [-by, 0], up: [0, by], down: [0, -by] }[press.slice("ctrl+arrow".length)]!;
  stage.move(x!, y!);
}

function take(press: string): void {
  const candidate = page().candidates[Number(press) - 1];
  if (candidate) void takeCandidate(candidate);
}

function focus(selector: string, click = false): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  if (click) element?.click();
}

function escape(): void {
  const { crosshair, tracking } = page();
  if (crosshair) setPage({ crosshair: null, corner: null });
  else if (tracking) stopTracking();
  else setPage({ playing: false });
}

function toggleCrosshair(): void {
  setPage(({ crosshair }) => ({ crosshair: crosshair ? null : [0.5, 0.5], corner: null, playing: false, following: false }));
}

function corner(): void {
  const { crosshair, corner, tool } = page();
  if (!crosshair || tool !== "point") return;
  if (!corner) return setPage({ corner: crosshair });
  const [x0, x1] = [corner[0], crosshair[0]].sort((a, b) => a - b);
  const [y0, y1] = [corner[1], crosshair[1]].sort((a, b) => a - b);
  setPage({ corner: null });
  if (x0! < x1! && y0! < y1!) void addBox([x0!, y0!, x1!, y1!]);
}

function crosshairKey(event: KeyboardEvent): boolean {
  const at = page().crosshair!;
  if (event.ctrlKey || event.metaKey) return false;
  if (event.key === "Enter") {
    if (event.target instanceof HTMLButtonElement) return false;
    if (page().tool === "point") void addPoint(at, event.altKey ? 0 : 1);
    else stage.dab(...at);
    return true;
  }
  const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!move) return false;
  const by = event.shiftKey ? 0.05 : 0.01;
  setPage({ crosshair: [inside(at[0] + move[0]! * by), inside(at[1] + move[1]! * by)] });
  return true;
}

function inside(value: number): number {
  return Math.max(0, Math.min(1, value));
}
