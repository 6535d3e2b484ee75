import { type DragEvent, useState } from "react";

import { setToken } from "../api/token";
import { startSession, uploadFile } from "../session";
import { page, setPage, usePage, videoName } from "../store";
import { ExportSheet } from "./ExportSheet";
import { HelpSheet } from "./HelpSheet";
import { LearnPanel } from "./LearnPanel";
import { ObjectsPanel } from "./ObjectsPanel";
import { Stage } from "./Stage";
import { StartView } from "./StartView";
import { Timeline } from "./Timeline";
import { Brand, Toolbar } from "./Toolbar";

export function App() {
  const view = usePage((state) => state.view);
  const [sent, setSent] = useState<number | null>(null);
  const [dragging, setDragging] = useState(false);
  const send = (file: File) => {
    // Also dropped on an open session: the progress is on the first page, and the session stays open.
    if (page().view === "annotate") location.hash = "";
    void uploadFile(file, setSent);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    const file = event.dataTransfer.files[0];
    if (file) send(file);
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
      {view === "start" && <StartView sent={sent} send={send} />}
      {view === "annotate" && <Annotate />}
      {view === "loading" && <p className="middle quiet">Loading…</p>}
      {view === "gone" && <Gone />}
      {view === "token" && <TokenForm />}
      {dragging && <p className="dropping">Drop the video to upload it</p>}
    </div>
  );
}

function Annotate() {
  return (
    <>
      <Toolbar />
      <ObjectsPanel />
      <Stage />
      <LearnPanel />
      <Timeline />
      <HelpSheet />
      <ExportSheet />
    </>
  );
}

function Banner() {
  const connected = usePage((state) => state.connected);
  if (connected) return null;
  return (
    <p className="banner" role="alert">
      The server cannot be reached. Trying again; what it has acknowledged is kept there.
    </p>
  );
}

function Gone() {
  const video = usePage((state) => state.video);
  return (
    <main className="middle card">
      <Brand />
      <h2>This session is gone</h2>
      <p>The server does not know it: it was ended, or its data directory is another.</p>
      <div className="group">
        {video && (
          <button className="primary" onClick={() => void startSession(video.path)}>
            Start anew on {videoName(video.path)}
          </button>
        )}
        <button className={video ? "" : "primary"} onClick={() => (location.hash = "")}>
          Choose a video
        </button>
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
        setToken(text);
        setPage({ view: "loading" });
        location.reload();
      }}
    >
      <Brand />
      <h2>This server asks for a token</h2>
      <label>
        Token <input type="password" autoFocus autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <button className="primary">Go on</button>
    </form>
  );
}
