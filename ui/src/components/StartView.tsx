import { useCallback, useEffect, useRef, useState } from "react";

import { startSession } from "../actions/session";
import { cancelUpload } from "../actions/uploading";
import { call } from "../api/client";
import { Start } from "../api/documents";
import type { StartQuery } from "../api/generated/graphql";
import { fetchImage } from "../api/http";
import { reportError } from "../store/notices";
import { videoName } from "../store/selectors";
import { usePage } from "../store/store";
import { Brand } from "./Brand";
import { Icon } from "./Icon";
import { NoticeLine } from "./NoticeLine";
import { ThemeButton } from "./ThemeButton";

type Video = StartQuery["videos"]["edges"][number]["node"];

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
            <p>Drop a video here, or</p>
            <button className="primary" onClick={() => chooser.current?.click()}>
              choose a file
            </button>
            <input ref={chooser} type="file" accept="video/*" hidden onChange={(event) => event.target.files?.[0] && upload(event.target.files[0])} />
          </>
        ) : (
          <>
            <p>{progress < 1 ? `Uploading, ${Math.round(progress * 100)} %` : "The server is reading the video…"}</p>
            <progress max={1} value={progress < 1 ? progress : undefined} aria-label="Upload" />
            <button onClick={cancelUpload}>Cancel</button>
          </>
        )}
      </section>
      <h2>Videos</h2>
      <ul className="videos">
        {found?.videos.edges.map(({ node }) => (
          <li key={node.id}>
            <VideoCard video={node} />
          </li>
        ))}
      </ul>
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

function VideoCard({ video }: { video: Video }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [opening, setOpening] = useState(false);
  const show = useCallback(async () => {
    const image = await fetchImage(video.posterUrl);
    const surface = canvas.current;
    if (!surface) return;
    surface.width = image.width;
    surface.height = image.height;
    surface.getContext("2d")!.drawImage(image, 0, 0);
  }, [video]);
  useEffect(() => {
    show().catch(() => {});
  }, [show]);
  return (
    <button
      className="card"
      disabled={opening}
      onClick={() => {
        setOpening(true);
        void startSession(video.path).finally(() => setOpening(false));
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <b>{videoName(video.path)}</b>
      <small>
        {video.width} × {video.height} · {video.frameCount} frames · {video.durationSec.toFixed(1)} s
      </small>
    </button>
  );
}
