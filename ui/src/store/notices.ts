import { ApiError, messageOf } from "../api/errors";
import { getPage, setPage } from "./store";
import type { Notice, NoticePlace } from "./types";

export function notify(place: NoticePlace, text: string, kind: Notice["kind"] = "error", action?: Notice["action"]): void {
  setPage((state) => ({ notices: { ...state.notices, [place]: { text, kind, ...(action && { action }) } } }));
}

export function clearNotice(place: NoticePlace): void {
  setPage((state) => ({ notices: { ...state.notices, [place]: undefined } }));
}

/** Shows an error at its place, or switches the view if it concerns the whole page. */
export function reportError(place: NoticePlace, error: unknown): void {
  const code = error instanceof ApiError ? error.code : null;
  const isOpen = ["annotate", "loading"].includes(getPage().view);
  if (code === "SESSION_NOT_FOUND" && isOpen) setPage({ view: "gone" });
  // An answer may come after the page has left the session.
  else if (code === "SESSION_NOT_FOUND" && place !== "start") return;
  else if (code === "UNAUTHENTICATED") setPage({ view: "token" });
  else if (code !== "CANCELLED") notify(place, messageOf(error));
}
