import "./page.css";

import { createRoot } from "react-dom/client";

import { listenToKeys } from "./keys";
import { watchCandidates } from "./learning";
import { remember } from "./memo";
import { App } from "./parts/App";
import { prefetch } from "./playing";
import { boot } from "./session";
import { applyTheme } from "./theme";

applyTheme();
listenToKeys();
prefetch();
watchCandidates();
remember();
createRoot(document.getElementById("page")!).render(<App />);
void boot();
