import { clearNotice } from "../store/notices";
import { usePage } from "../store/store";
import type { NoticePlace } from "../store/types";
import { Icon } from "./Icon";

/** The error or note of one part of the page, if there is one. */
export function NoticeLine({ place }: { place: NoticePlace }) {
  const notice = usePage((state) => state.notices[place]);
  return (
    <div className="notices" data-place={place} aria-live="polite">
      {notice && (
        <p className={`notice ${notice.kind}`} role={notice.kind === "error" ? "alert" : "status"}>
          <span>{notice.text}</span>
          {notice.action && (
            <button
              className="act"
              onClick={() => {
                clearNotice(place);
                notice.action?.run();
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button className="plain" aria-label="Dismiss" onClick={() => clearNotice(place)}>
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
