import { exportAs } from "../actions/exporting";
import type { ExportFormat } from "../api/generated/graphql";
import { countFrames } from "../store/selectors";
import { usePage } from "../store/store";
import { Dialog } from "./Dialog";
import { NoticeLine } from "./NoticeLine";

const FORMATS: { format: ExportFormat; label: string; holds: string }[] = [
  { format: "COCO", label: "COCO", holds: "One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID)." },
  { format: "DAVIS", label: "DAVIS", holds: "A zip of palette PNGs, one per frame, one value per object." },
  { format: "YOUTUBE_VOS", label: "YouTube-VOS", holds: "A zip of palette PNGs with meta.json: names, and the frames of each object." },
  { format: "OVERLAY_MP4", label: "Overlay video", holds: "An MP4 of the whole video with the masks on it, in the colors chosen here." },
];

export function ExportDialog() {
  return (
    <Dialog name="export" title="Export">
      <Formats />
    </Dialog>
  );
}

function Formats() {
  const exporting = usePage((state) => state.exporting);
  const count = usePage((state) => state.video!.frameCount);
  usePage((state) => state.masksVersion);
  const { annotated, stale } = countFrames();
  return (
    <div className="formats">
      <p>
        {annotated} of {count} frames have masks.
        {stale > 0 && ` On ${stale} of them a mask is stale: track again first, so that it follows your corrections.`}
      </p>
      <ul>
        {FORMATS.map(({ format, label, holds }) => (
          <li key={format}>
            <button aria-disabled={exporting !== null || annotated === 0} onClick={() => annotated > 0 && void exportAs(format)}>
              <b>{label}</b>
              <span>{exporting === format ? "The server is exporting…" : holds}</span>
              {exporting === format && <progress aria-label={`Exporting ${label}`} />}
            </button>
          </li>
        ))}
      </ul>
      <NoticeLine place="export" />
    </div>
  );
}
