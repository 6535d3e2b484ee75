import { usePage } from "../store/store";

/** Whether the server has everything that was done. */
export function SavedState() {
  const pending = usePage((state) => state.pending > 0);
  const connected = usePage((state) => state.connected);
  const isNew = usePage((state) => state.sessionId === null);
  const text = !connected ? "Not connected" : pending ? "Saving…" : isNew ? "Nothing to save yet" : "Saved";
  return (
    <span className="saved" role="status" data-saved={text === "Saved"} title="The server saves every change when it answers">
      {text}
    </span>
  );
}
