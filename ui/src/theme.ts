const KEY = "sam2-lit:theme";
const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((each) => each === kept) ?? "system";
}

export function applyTheme(chosen: Theme = theme()): void {
  document.documentElement.dataset.theme = chosen;
  localStorage.setItem(KEY, chosen);
}

export function nextTheme(): Theme {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]!;
  applyTheme(next);
  return next;
}
