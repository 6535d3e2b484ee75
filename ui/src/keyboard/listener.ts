import { togglePlaying } from "../actions/playback";
import { stage } from "../store/stage";
import { getPage, setPage } from "../store/store";
import { handleCrosshairKey } from "./crosshair";
import { shortcutFor } from "./shortcuts";

/** Handles keys while a session is open. */
export function listenToKeyboard(): void {
  addEventListener("keydown", onKeyDown);
  addEventListener("keyup", (event) => {
    if (event.key !== " " || !stage.panning) return;
    stage.panning = false;
    if (!stage.panned) togglePlaying();
  });
  // A button clicked with the mouse gives up the focus, so that Space plays rather than clicks it again.
  addEventListener("click", (event) => {
    const button = document.activeElement;
    if (event.detail > 0 && button instanceof HTMLButtonElement && !button.dataset.keepsFocus) button.blur();
  });
}

function onKeyDown(event: KeyboardEvent): void {
  const { view, dialog } = getPage();
  if (view !== "annotate") return;
  const key = keyName(event);
  // Not left to the browser, which reports that a dialog closed only after the keys pressed next.
  if (dialog && key === "escape") return closeDialog(event);
  if (isTyping(event.target)) return;
  if (dialog) return key === "?" || key === "shift+?" ? closeDialog(event) : undefined;
  // Space plays when released, unless it was held to pan.
  if (key === " ") {
    if (event.target instanceof HTMLButtonElement || (event.target as Element).closest("summary")) return;
    event.preventDefault();
    if (!event.repeat) stage.panned = false;
    stage.panning = true;
    return;
  }
  if (handleCrosshairKey(event)) return event.preventDefault();
  const run = shortcutFor(key);
  // Enter belongs to a focused button, link or summary.
  if (!run || (key === "enter" && event.target !== document.body)) return;
  event.preventDefault();
  run(key);
}

function closeDialog(event: KeyboardEvent): void {
  event.preventDefault();
  setPage({ dialog: null });
}

/** For example "ctrl+shift+z". */
function keyName(event: KeyboardEvent): string {
  const modifiers = [];
  if (event.ctrlKey || event.metaKey) modifiers.push("ctrl");
  if (event.shiftKey) modifiers.push("shift");
  return [...modifiers, event.key.toLowerCase()].join("+");
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "range" && target.type !== "radio" && target.type !== "color";
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
