import { useCallback, useEffect, useRef, useState } from "react";

import { openVideo } from "../actions/session";
import { call } from "../api/client";
import { Videos } from "../api/documents";
import type { StartQuery, VideosQuery } from "../api/generated/graphql";
import { reportError } from "../store/notices";
import { videoName } from "../store/selectors";
import { usePage } from "../store/store";
import { Poster } from "./Poster";
import { statusOfVideo, type WorkStatus } from "./workStatus";

type Page = VideosQuery["videos"];
type Video = Page["edges"][number]["node"];

const STATUSES: WorkStatus[] = ["new", "in work", "to review", "done"];
const PAGE = 24;
const POLL_INTERVAL = 1000;
const TYPING_PAUSE = 250;

/** The videos to choose from, in pages, with a search, and what cannot be used. */
export function VideoList({ sessions }: { sessions: StartQuery["sessions"] }) {
  const connected = usePage((state) => state.connected);
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(PAGE);
  const [wantedStatus, setWantedStatus] = useState<WorkStatus | "">("");
  const [page, setPage] = useState<Page | null>(null);
  const latest = useRef(0);
  const load = useCallback(async () => {
    const own = ++latest.current;
    try {
      const loaded = await loadVideos(search, wanted);
      if (own === latest.current) setPage(loaded);
    } catch (error) {
      if (own === latest.current) reportError("start", error);
    }
  }, [search, wanted]);
  useEffect(() => {
    if (!connected) return;
    const timer = setTimeout(() => void load(), search ? TYPING_PAUSE : 0);
    return () => clearTimeout(timer);
  }, [connected, load, search]);
  const isPreparing = connected && !!page?.preparing.length;
  useEffect(() => {
    if (!isPreparing) return;
    const timer = setInterval(() => void load(), POLL_INTERVAL);
    return () => clearInterval(timer);
  }, [isPreparing, load]);
  const all = (page?.edges ?? []).map(({ node }) => ({ node, status: statusOfVideo(sessions, node.path) }));
  const shown = all.filter(({ status }) => wantedStatus === "" || status === wantedStatus);
  return (
    <>
      <div className="heading">
        <h2>Videos</h2>
        <select aria-label="Status of the work" value={wantedStatus} onChange={(event) => setWantedStatus(event.target.value as WorkStatus | "")}>
          <option value="">all ({all.length})</option>
          {STATUSES.map((each) => (
            <option key={each} value={each}>
              {each} ({all.filter(({ status }) => status === each).length})
            </option>
          ))}
        </select>
        {page && (search || page.totalCount > page.edges.length) && (
          <input
            type="search"
            aria-label="Search videos"
            placeholder={`Search ${page.totalCount}`}
            value={search}
            onChange={(event) => {
              setSearch(event.target.value);
              setWanted(PAGE);
            }}
          />
        )}
      </div>
      <ul className="videos">
        {shown.map(({ node, status }) => (
          <li key={node.id}>
            <VideoCard video={node} status={status} />
          </li>
        ))}
      </ul>
      {page?.pageInfo.hasNextPage && <button onClick={() => setWanted(wanted + PAGE)}>Show more videos</button>}
      {page?.preparing.map((each) => (
        <p className="preparing" key={each.path}>
          {each.path}: its frames are put in order, {Math.round(each.progress * 100)} %{" "}
          <progress max={1} value={each.progress} aria-label={each.path} />
        </p>
      ))}
      {!!page?.unusable.length && (
        <details className="unusable">
          <summary>
            {page.unusable.length} file{page.unusable.length === 1 ? "" : "s"} cannot be used
          </summary>
          <ul>
            {page.unusable.map((each, index) => (
              <li key={index}>
                <b>{each.path}</b> {each.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The first `count` videos, or a few more, and what was found on the way to them. */
async function loadVideos(search: string, count: number): Promise<Page> {
  let { videos: page } = await call(Videos, { search, first: PAGE, after: null });
  while (page.edges.length < count && page.pageInfo.hasNextPage) {
    const { videos: next } = await call(Videos, { search, first: PAGE, after: page.pageInfo.endCursor });
    page = {
      ...next,
      edges: [...page.edges, ...next.edges],
      unusable: [...page.unusable, ...next.unusable],
      preparing: [...page.preparing, ...next.preparing],
    };
  }
  return page;
}

function VideoCard({ video, status }: { video: Video; status: WorkStatus }) {
  return (
    <button className="card" title={videoName(video.path)} onClick={() => openVideo(video.path)}>
      <Poster url={video.posterUrl} />
      <b>{videoName(video.path)}</b>
      <small>
        {video.width} × {video.height} · {video.frameCount} frames · {video.durationSec.toFixed(1)} s · {status}
      </small>
    </button>
  );
}
