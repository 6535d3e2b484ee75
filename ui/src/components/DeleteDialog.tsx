import { deleteSession } from "../actions/session";
import { countFrames, videoName } from "../store/selectors";
import { setPage, usePage } from "../store/store";
import { Dialog } from "./Dialog";

export function DeleteDialog() {
  return (
    <Dialog name="delete" title="Delete this session?">
      <Losses />
    </Dialog>
  );
}

/** What deleting the session loses. */
function Losses() {
  const objects = usePage((state) => state.objects);
  const video = usePage((state) => state.video!);
  usePage((state) => state.masksVersion);
  const adapters = objects.reduce((sum, each) => sum + each.adapters.length, 0);
  const lost = [
    count(objects.length, "object"),
    `masks on ${count(countFrames().annotated, "frame")}`,
    count(adapters, "adapter"),
  ];
  return (
    <div className="formats">
      <p>
        For good: {lost.join(", ")}, and the history of this session. {videoName(video.path)} itself stays.
      </p>
      <p className="choosers">
        <button className="danger" onClick={() => void deleteSession()}>
          Delete
        </button>
        <button onClick={() => setPage({ dialog: "export" })}>Export first</button>
        <button autoFocus onClick={() => setPage({ dialog: null })}>
          Cancel
        </button>
      </p>
    </div>
  );
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
