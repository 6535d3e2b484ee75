import type { ExportFormat } from "../api/generated/graphql";
import { exportAs, exported } from "../exporting";
import { usePage } from "../store";
import { NoticeLine } from "./NoticeLine";
import { Sheet } from "./Sheet";

const FORMATS: { format: ExportFormat; label: string; holds: string }[] = [
  { format: "COCO", label: "COCO", holds: "One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID)." },
  { format: "DAVIS", label: "DAVIS", holds: "A zip of palette PNGs, one a frame, one value an object." },
  { format: "YOUTUBE_VOS", label: "YouTube-VOS", holds: "A zip of palette PNGs with meta.json: names, and the frames that show each." },
  { format: "OVERLAY_MP4", label: "Overlay video", holds: "An MP4 of the whole video with the masks on it, in the colours chosen here." },
];

export function ExportSheet() {
  return (
    <Sheet name="export" title="Export">
      <Formats />
    </Sheet>
  );
}

function Formats() {
  const exporting = usePage((state) => state.exporting);
  const count = usePage((state) => state.video!.frameCount);
  usePage((state) => state.masksVersion);
  const { annotated, stale } = exported();
  return (
    <div className="formats">
      <p>
        {annotated} of {count} frames have masks.
        {stale > 0 && ` On ${stale} of them one is stale: track again first to have it follow your corrections.`}
      </p>
      <ul>
        {FORMATS.map(({ format, label, holds }) => (
          <li key={format}>
            <button aria-disabled={exporting !== null || annotated === 0} onClick={() => annotated > 0 && void exportAs(format)}>
              <b>{label}</b>
              <span>{exporting === format ? "The server is making it…" : holds}</span>
              {exporting === format && <progress aria-label={`Making ${label}`} />}
            </button>
          </li>
        ))}
      </ul>
      <NoticeLine place="export" />
    </div>
  );
}
