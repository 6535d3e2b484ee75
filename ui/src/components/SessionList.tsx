import { useState } from "react";

import { deleteSession } from "../actions/session";
import type { StartQuery } from "../api/generated/graphql";
import { videoName } from "../store/selectors";
import { ConfirmButton } from "./ConfirmButton";
import { Icon } from "./Icon";
import { Poster } from "./Poster";
import { statusOf } from "./workStatus";

type Session = StartQuery["sessions"][number];

const SHOWN = 6;

/** The sessions to go on with, newest first. */
export function SessionList({ sessions, reload }: { sessions: Session[]; reload: () => void }) {
  const [all, setAll] = useState(false);
  if (sessions.length === 0) return null;
  const newestFirst = sessions.toReversed();
  return (
    <>
      <h2>Go on</h2>
      <ul className="sessions">
        {newestFirst.slice(0, all ? undefined : SHOWN).map((each) => (
          <li key={each.sessionId}>
            <SessionCard session={each} reload={reload} />
          </li>
        ))}
      </ul>
      {!all && sessions.length > SHOWN && <button onClick={() => setAll(true)}>Show all {sessions.length} sessions</button>}
    </>
  );
}

function SessionCard({ session, reload }: { session: Session; reload: () => void }) {
  const { sessionId, video, objects, trackedFrameCount, createdAt } = session;
  const name = videoName(video.path);
  return (
    <>
      <a href={`#session=${sessionId}`} title={name}>
        <Poster url={video.posterUrl} />
        <span className="about">
          <b>{name}</b>
          <small>
            {objects.length} object{objects.length === 1 ? "" : "s"} ·{" "}
            <time dateTime={createdAt}>{new Date(createdAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}</time>
          </small>
          <small className="done">
            <progress max={video.frameCount} value={trackedFrameCount} aria-label="Frames with masks" />
            {trackedFrameCount} of {video.frameCount} frames · {statusOf(session)}
          </small>
        </span>
      </a>
      <ConfirmButton
        className="plain"
        question="Delete its masks?"
        title="Delete the session with its masks and adapters; the video stays"
        label={`Delete the session on ${name}`}
        onConfirm={() => void deleteSession(sessionId).then(reload)}
      >
        <Icon name="remove" />
      </ConfirmButton>
    </>
  );
}
