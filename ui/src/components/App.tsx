import { type DragEvent, useState } from "react";

import { continueSession, openVideo, showStart } from "../actions/session";
import { uploadVideo } from "../actions/uploading";
import { storeToken } from "../api/token";
import { videoName } from "../store/selectors";
import { getPage, setPage, usePage } from "../store/store";
import { Brand } from "./Brand";
import { DeleteDialog } from "./DeleteDialog";
import { ExportDialog } from "./ExportDialog";
import { ImportDialog } from "./ImportDialog";
import { LabelsDialog } from "./LabelsDialog";
import { LearningPanel } from "./LearningPanel";
import { ObjectsPanel } from "./ObjectsPanel";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { Stage } from "./Stage";
import { StartView } from "./StartView";
import { Timeline } from "./Timeline";
import { Toolbar } from "./Toolbar";

export function App() {
  const view = usePage((state) => state.view);
  const [progress, setProgress] = useState<number | null>(null);
  const [dragging, setDragging] = useState(false);
  const upload = (file: File) => {
    // A video dropped on an open session: the first page shows the progress, and the session stays open.
    if (getPage().view === "annotate") showStart();
    void uploadVideo(file, setProgress);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    const file = event.dataTransfer.files[0];
    if (file) upload(file);
  };
  return (
    <div
      className="app"
      data-view={view}
      onDragOver={(event) => {
        event.preventDefault();
        setDragging(event.dataTransfer.types.includes("Files"));
      }}
      onDragLeave={(event) => event.relatedTarget === null && setDragging(false)}
      onDrop={drop}
    >
      <Banner />
      {view === "start" && <StartView progress={progress} upload={upload} />}
      {view === "annotate" && <Annotate />}
      {view === "loading" && <p className="middle quiet">Loading…</p>}
      {view === "gone" && <Gone />}
      {view === "changed" && <Changed />}
      {view === "token" && <TokenForm />}
      {dragging && <p className="dropping">Drop the video to upload it</p>}
    </div>
  );
}

function Annotate() {
  const panels = usePage((state) => state.panels);
  const video = usePage((state) => state.video);
  return (
    <>
      <Toolbar />
      <Stage key={video?.path} />
      {panels && (
        <div className="side">
          <ObjectsPanel />
          <LearningPanel />
        </div>
      )}
      <Timeline />
      <ShortcutsDialog />
      <ExportDialog />
      <ImportDialog />
      <DeleteDialog />
      <LabelsDialog />
    </>
  );
}

function Banner() {
  const connected = usePage((state) => state.connected);
  if (connected) return null;
  return (
    <p className="banner" role="alert">
      The server cannot be reached. Reconnecting; everything that it acknowledged is saved.
    </p>
  );
}

function Gone() {
  const video = usePage((state) => state.video);
  return (
    <main className="middle card">
      <Brand />
      <h2>This session is gone</h2>
      <p>The server has no such session: it was deleted, or the server now uses another data directory.</p>
      <div className="group">
        {video && (
          <button className="primary" onClick={() => openVideo(video.path)}>
            Open {videoName(video.path)}
          </button>
        )}
        <button className={video ? "" : "primary"} onClick={showStart}>
          Choose a video
        </button>
      </div>
    </main>
  );
}

function Changed() {
  const change = usePage((state) => state.videoChange);
  const sessionId = usePage((state) => state.sessionId);
  if (!change || !sessionId) return null;
  return (
    <main className="middle card">
      <Brand />
      <h2>{videoName(change.path)} has changed</h2>
      <p>
        {change.after === 0
          ? "Its file is gone. Put it back to continue the session."
          : change.same === 0
            ? "None of its frames is known to be the same as when the session was started. Put the old file back, or start a new session."
            : `Of the ${change.before} frames when the session was started, the first ${change.same} are the same; now there are ${change.after}. ` +
              "The session can continue with their masks and prompts; those on other frames are deleted."}
      </p>
      <div className="group">
        {change.same > 0 && (
          <button className="primary" onClick={() => void continueSession(sessionId)}>
            Continue with the first {change.same} frames
          </button>
        )}
        {change.after > 0 && <button onClick={() => openVideo(change.path)}>Start a new session</button>}
        <button onClick={showStart}>Choose a video</button>
      </div>
    </main>
  );
}

function TokenForm() {
  const [text, setText] = useState("");
  return (
    <form
      className="middle card"
      onSubmit={(event) => {
        event.preventDefault();
        storeToken(text);
        setPage({ view: "loading" });
        location.reload();
      }}
    >
      <Brand />
      <h2>This server asks for a token</h2>
      <label>
        Token <input type="password" autoFocus autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <button className="primary">Continue</button>
    </form>
  );
}
