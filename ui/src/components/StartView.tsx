import { useEffect, useRef, useState } from "react";

import { cancelUpload } from "../actions/uploading";
import { call } from "../api/client";
import { Start } from "../api/documents";
import type { StartQuery } from "../api/generated/graphql";
import { reportError } from "../store/notices";
import { videoName } from "../store/selectors";
import { usePage } from "../store/store";
import { Brand } from "./Brand";
import { Icon } from "./Icon";
import { NoticeLine } from "./NoticeLine";
import { ThemeButton } from "./ThemeButton";
import { VideoList } from "./VideoList";

interface Props {
  /** The fraction of the upload that was sent; null when there is no upload. */
  progress: number | null;
  upload: (file: File) => void;
}

/** The first page: upload a video, or choose a video or an open session. */
export function StartView({ progress, upload }: Props) {
  const [found, setFound] = useState<StartQuery | null>(null);
  const connected = usePage((state) => state.connected);
  const chooser = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (connected) call(Start, {}).then(setFound, (error: unknown) => reportError("start", error));
  }, [connected]);
  return (
    <main className="start">
      <header>
        <Brand />
        <p>Track objects through a video. Every correction teaches the model while you work.</p>
        <ThemeButton />
      </header>
      <NoticeLine place="start" />
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
      <VideoList />
      {found && found.sessions.length > 0 && (
        <>
          <h2>Open sessions</h2>
          <ul className="sessions">
            {found.sessions.map((each) => (
              <li key={each.sessionId}>
                <a href={`#session=${each.sessionId}`}>
                  <b>{videoName(each.video.path)}</b>
                  <span>
                    {each.objects.length} object{each.objects.length === 1 ? "" : "s"} · {each.trackedFrameCount} of {each.video.frameCount} frames
                  </span>
                  <time dateTime={each.createdAt}>{new Date(each.createdAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}</time>
                </a>
              </li>
            ))}
          </ul>
        </>
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
