import { useCallback, useEffect, useRef, useState } from "react";

import { cancelUpload } from "../actions/uploading";
import { call } from "../api/client";
import { Start } from "../api/documents";
import type { StartQuery } from "../api/generated/graphql";
import { reportError } from "../store/notices";
import { usePage } from "../store/store";
import { Brand } from "./Brand";
import { Icon } from "./Icon";
import { NoticeLine } from "./NoticeLine";
import { SessionList } from "./SessionList";
import { ThemeButton } from "./ThemeButton";
import { VideoList } from "./VideoList";

interface Props {
  /** The fraction of the upload that was sent; null when there is no upload. */
  progress: number | null;
  upload: (file: File) => void;
}

/** The official model to begin with. */
const OFFICIAL = "sam2.1_hiera_small";

/** The first page: go on with a session, upload a video, or choose one. */
export function StartView({ progress, upload }: Props) {
  const [found, setFound] = useState<StartQuery | null>(null);
  const connected = usePage((state) => state.connected);
  const chooser = useRef<HTMLInputElement>(null);
  const load = useCallback(() => void call(Start, {}).then(setFound, (error: unknown) => reportError("start", error)), []);
  useEffect(() => {
    if (connected) load();
  }, [connected, load]);
  return (
    <main className="start">
      <header>
        <Brand />
        <p>Track objects through a video. Every correction teaches the model while you work.</p>
        {found?.viewer && <span className="quiet">Signed in as {found.viewer.name}</span>}
        <ThemeButton />
      </header>
      <NoticeLine place="start" />
      {found && <SessionList sessions={found.sessions} viewer={found.viewer?.name ?? null} reload={load} />}
      <section
        className="drop"
        onClick={(event) => event.target === event.currentTarget && chooser.current?.click()}
      >
        {progress === null ? (
          <>
            <Icon name="upload" />
            <p>Drop a video or a ZIP of frames here, or</p>
            <button className="primary" onClick={() => chooser.current?.click()}>
              choose a file
            </button>
            <input ref={chooser} type="file" accept="video/*,.mkv,.ts,.mts,.m2ts,.gif,.zip" hidden onChange={(event) => event.target.files?.[0] && upload(event.target.files[0])} />
          </>
        ) : (
          <>
            <p>{progress < 1 ? `Uploading, ${Math.round(progress * 100)} %` : "The server is reading the video…"}</p>
            <progress max={1} value={progress < 1 ? progress : undefined} aria-label="Upload" />
            <button onClick={cancelUpload}>Cancel</button>
          </>
        )}
      </section>
      <VideoList sessions={found?.sessions ?? []} />
      {found?.model.name === "pocket" && (
        <p className="notice" role="note" aria-label="About the model">
          <span>
            The model here, pocket, is small: it is for trying the page out. For real work stop the server, then{" "}
            <code>.venv/bin/sam2-lit download {OFFICIAL}</code> and <code>scripts/serve --model {OFFICIAL}</code>.
          </span>
        </p>
      )}
      {found && (
        <footer>
          Model {found.model.name} on {found.model.device}, {(found.model.parameterCount / 1e6).toFixed(1)} million parameters ·{" "}
          <a href="/graphql">GraphQL</a>
        </footer>
      )}
    </main>
  );
}
