import { useState } from "react";

import { storedTheme, switchTheme } from "../store/theme";
import { Icon } from "./Icon";

export function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <button title={`Theme: ${theme}`} aria-label={`Theme: ${theme}`} onClick={() => setTheme(switchTheme())}>
      <Icon name={theme} />
    </button>
  );
}
