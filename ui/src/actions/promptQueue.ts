import { clearNotice, reportError } from "../store/notices";
import { getPage, masksChanged, setPage } from "../store/store";
import { ensureSession } from "./newSession";

let queue: Promise<void> = Promise.resolve();

/** Runs changes of prompts one at a time, in order. Errors are shown; changes of a session that was left are skipped. */
export function enqueue(change: () => Promise<void>): Promise<void> {
  const { video } = getPage();
  setPage((state) => ({ pending: state.pending + 1, playing: false, following: false }));
  queue = queue.then(async () => {
    if (getPage().video !== video) return;
    try {
      clearNotice("stage");
      await ensureSession();
      await change();
    } catch (error) {
      reportError("stage", error);
    } finally {
      setPage((state) => ({ pending: Math.max(0, state.pending - 1) }));
      masksChanged();
    }
  });
  return queue;
}

/** Resolves once the server has answered every change queued so far. */
export function promptsAnswered(): Promise<void> {
  return queue;
}
