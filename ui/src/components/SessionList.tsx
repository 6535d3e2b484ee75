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

/** The sessions to go on with: where the server knows users, the viewer's before the others'; newest first. */
export function SessionList({ sessions, viewer, reload }: { sessions: Session[]; viewer: string | null; reload: () => void }) {
  const [all, setAll] = useState(false);
  const [wantedUser, setWantedUser] = useState("");
  if (sessions.length === 0) return null;
  const users = [...new Set(sessions.map((each) => each.user).filter((user) => user !== null))].sort();
  const wanted = sessions.filter((each) => wantedUser === "" || each.user === wantedUser);
  const newestFirst = wanted.toReversed().sort((one, other) => Number(other.user === viewer) - Number(one.user === viewer));
  return (
    <>
      <div className="heading">
        <h2>Go on</h2>
        {viewer && (
          <select aria-label="User" value={wantedUser} onChange={(event) => setWantedUser(event.target.value)}>
            <option value="">of everyone</option>
            {users.map((user) => (
              <option key={user} value={user}>
                {user === viewer ? `mine (${user})` : user}
              </option>
            ))}
          </select>
        )}
      </div>
      <ul className="sessions">
        {newestFirst.slice(0, all ? undefined : SHOWN).map((each) => (
          <li key={each.sessionId}>
            <SessionCard session={each} viewer={viewer} reload={reload} />
          </li>
        ))}
      </ul>
      {!all && wanted.length > SHOWN && <button onClick={() => setAll(true)}>Show all {wanted.length} sessions</button>}
    </>
  );
}

function SessionCard({ session, viewer, reload }: { session: Session; viewer: string | null; reload: () => void }) {
  const { sessionId, video, objects, trackedFrameCount, createdAt, user } = session;
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
            {viewer && user && user !== viewer && ` · by ${user}`}
            {session.private && " · private"}
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
