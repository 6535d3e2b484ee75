import { getPage, onPageChange } from "./store";
import type { Tool } from "./types";

/** What the server does not store about a session, kept in this browser's localStorage. */
interface SavedSession {
  colors: Record<number, string>;
  hidden: number[];
  suggested: string[];
  frame: number;
  selected: number | null;
  tool: Tool;
  /** Null where the brush is still the one that fits the video. */
  brush: number | null;
}

const EMPTY: SavedSession = {
  colors: {},
  hidden: [],
  suggested: [],
  frame: 0,
  selected: null,
  tool: "point",
  brush: null,
};
const PREFIX = "sam2-lit:session:";
const MAX_OTHERS = 20;
const DELAY = 300;
let timer: ReturnType<typeof setTimeout> | undefined;

export function loadSaved(sessionId: string): SavedSession {
  try {
    return { ...EMPTY, ...(JSON.parse(localStorage.getItem(PREFIX + sessionId) ?? "{}") as Partial<SavedSession>) };
  } catch {
    return EMPTY;
  }
}

export function deleteSaved(sessionId: string): void {
  localStorage.removeItem(PREFIX + sessionId);
}

/** Saves the open session shortly after each change, and when the page is left. */
export function saveOnChange(): void {
  onPageChange((now, before) => {
    const changed =
      now.objects !== before.objects ||
      now.suggested !== before.suggested ||
      now.frame !== before.frame ||
      now.selected !== before.selected ||
      now.tool !== before.tool ||
      now.brush !== before.brush;
    if (!changed || now.view !== "annotate") return;
    clearTimeout(timer);
    timer = setTimeout(save, DELAY);
  });
  addEventListener("pagehide", save);
}

function save(): void {
  const { sessionId, view, objects, suggested, frame, selected, tool, brush } = getPage();
  if (!sessionId || view !== "annotate") return;
  const saved: SavedSession = {
    colors: Object.fromEntries(objects.map(({ objectId, color }) => [objectId, color])),
    hidden: objects.filter(({ hidden }) => hidden).map(({ objectId }) => objectId),
    suggested: [...suggested],
    frame,
    selected,
    tool,
    brush,
  };
  const key = PREFIX + sessionId;
  // Removed first, so that the keys are in the order in which sessions were last worked on.
  localStorage.removeItem(key);
  try {
    localStorage.setItem(key, JSON.stringify(saved));
  } catch {
    // If localStorage is full or blocked, only colors and counts are lost on reload.
  }
  const others = Object.keys(localStorage).filter((other) => other.startsWith(PREFIX) && other !== key);
  for (const old of others.slice(0, Math.max(0, others.length - MAX_OTHERS))) localStorage.removeItem(old);
}
