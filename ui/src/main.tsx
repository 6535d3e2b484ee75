import "./page.css";

import { createRoot } from "react-dom/client";

import { watchCandidates } from "./actions/candidates";
import { watchConnection } from "./actions/connection";
import { watchPlayhead } from "./actions/playback";
import { watchAddress } from "./actions/session";
import { watchCorrections } from "./actions/training";
import { App } from "./components/App";
import { listenToKeyboard } from "./keyboard/listener";
import { saveOnChange } from "./store/savedSession";
import { applyTheme, storedTheme } from "./store/theme";

applyTheme(storedTheme());
listenToKeyboard();
watchPlayhead();
watchCandidates();
watchCorrections();
saveOnChange();
createRoot(document.getElementById("page")!).render(<App />);
watchConnection();
watchAddress();
