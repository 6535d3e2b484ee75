import { type Place, say, usePage } from "../store";
import { Icon } from "./Icon";

/** What is to be said at a place of the page: an error in words, or a note. */
export function NoticeLine({ place }: { place: Place }) {
  const notice = usePage((state) => state.notices[place]);
  return (
    <div className="notices" data-place={place} aria-live="polite">
      {notice && (
        <p className={`notice ${notice.kind}`} role={notice.kind === "error" ? "alert" : "status"}>
          <span>{notice.text}</span>
          <button className="plain" aria-label="Dismiss" onClick={() => say(place, null)}>
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
