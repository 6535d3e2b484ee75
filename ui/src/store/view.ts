/** How this browser shows every session, stored in its localStorage. */
interface View {
  panels: boolean;
  hints: boolean;
  noOverlap: boolean;
  filmstrip: boolean;
  /** Height of the timeline's rows in CSS pixels; null fits the objects. */
  timeline: number | null;
}

const KEY = "sam2-lit:view";
const DEFAULT: View = { panels: true, hints: true, noOverlap: false, filmstrip: false, timeline: null };

export function storedView(): View {
  try {
    return { ...DEFAULT, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<View>) };
  } catch {
    return DEFAULT;
  }
}

export function storeView(change: Partial<View>): void {
  localStorage.setItem(KEY, JSON.stringify({ ...storedView(), ...change }));
}

export function hintsAreOff(): boolean {
  return !storedView().hints;
}

export function turnHintsOff(): void {
  storeView({ hints: false });
}
