import { useState } from "react";

import { cancelExport, exportAs, type ExportSelection } from "../actions/exporting";
import type { ExportFormat } from "../api/generated/graphql";
import { countFrames, displayName } from "../store/selectors";
import { usePage } from "../store/store";
import { Dialog } from "./Dialog";
import { NoOverlap } from "./NoOverlap";
import { NoticeLine } from "./NoticeLine";

const FORMATS: { format: ExportFormat; label: string; holds: string }[] = [
  { format: "COCO", label: "COCO", holds: "One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID)." },
  { format: "COCO_POLYGONS", label: "Polygons", holds: "The same JSON with polygons along the edges of pixels." },
  { format: "DAVIS", label: "DAVIS", holds: "A zip of palette PNGs, one per frame, one value per object." },
  { format: "YOUTUBE_VOS", label: "YouTube-VOS", holds: "A zip of palette PNGs with meta.json: names, and the frames of each object." },
  { format: "YOLO_SEGMENTATION", label: "YOLO segmentation", holds: "A zip in Ultralytics' layout: a polygon per object, classes by name." },
  { format: "CVAT_IMAGES", label: "CVAT for images", holds: "A zip of XML with masks, one image per frame." },
  { format: "CVAT_VIDEO", label: "CVAT, frame by frame", holds: "A zip of XML for a video task, each mask a track of one frame." },
  { format: "LABEL_STUDIO", label: "Label Studio", holds: "Tasks with brush masks, one per frame." },
  { format: "MOTS", label: "MOTS", holds: "A zip of 16-bit PNGs and text, as in KITTI MOTS." },
  { format: "PNG", label: "Black and white PNGs", holds: "A zip, one PNG for each object and frame." },
  { format: "NUMPY", label: "NumPy", holds: "Arrays of booleans, one for each object." },
  { format: "OVERLAY_MP4", label: "Overlay video", holds: "An MP4 of the frames with the masks on them, in the colors chosen here, with sound." },
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
  const [selection, setSelection] = useState<ExportSelection>({
    objectIds: null,
    startFrameIndex: 0,
    endFrameIndex: count - 1,
    includePictures: false,
  });
  const [part, setPart] = useState<number | null>(null);
  const start = (format: ExportFormat) => {
    setPart(null);
    void exportAs(format, selection, setPart);
  };
  const nothing = annotated === 0 || selection.objectIds?.length === 0;
  return (
    <div className="formats">
      <p>
        {annotated} of {count} frames have masks.
        {stale > 0 && ` On ${stale} of them a mask is stale: track again first, so that it follows your corrections.`}
      </p>
      <Selection selection={selection} change={(part) => setSelection({ ...selection, ...part })} />
      <ul>
        {FORMATS.map(({ format, label, holds }) => (
          <li key={format}>
            <button aria-disabled={exporting !== null || nothing} onClick={() => nothing || start(format)}>
              <b>{label}</b>
              <span>{exporting === format ? "The server is exporting…" : holds}</span>
              {exporting === format && <progress aria-label={`Exporting ${label}`} value={part !== null && part < 1 ? part : undefined} />}
            </button>
          </li>
        ))}
      </ul>
      {exporting !== null && (
        <p className="importing">
          <button onClick={() => void cancelExport()}>Cancel</button>
        </p>
      )}
      <NoticeLine place="export" />
    </div>
  );
}

interface SelectionProps {
  selection: ExportSelection;
  change: (part: Partial<ExportSelection>) => void;
}

function Selection({ selection, change }: SelectionProps) {
  const objects = usePage((state) => state.objects);
  const count = usePage((state) => state.video!.frameCount);
  const { objectIds, startFrameIndex, endFrameIndex, includePictures } = selection;
  const all = objects.map(({ objectId }) => objectId);
  const toggle = (objectId: number, wanted: boolean) => {
    const chosen = (objectIds ?? all).filter((each) => each !== objectId).concat(wanted ? [objectId] : []);
    change({ objectIds: chosen.length === all.length ? null : chosen });
  };
  return (
    <fieldset className="selection">
      <legend>What</legend>
      {objects.map((object) => (
        <label key={object.objectId}>
          <input
            type="checkbox"
            checked={objectIds?.includes(object.objectId) ?? true}
            onChange={(event) => toggle(object.objectId, event.target.checked)}
          />
          {displayName(object)}
        </label>
      ))}
      <label>
        From frame
        <input
          type="number"
          min={0}
          max={endFrameIndex}
          value={startFrameIndex}
          onChange={(event) => change({ startFrameIndex: between(event.target.valueAsNumber, 0, endFrameIndex) })}
        />
      </label>
      <label>
        to frame
        <input
          type="number"
          min={startFrameIndex}
          max={count - 1}
          value={endFrameIndex}
          onChange={(event) => change({ endFrameIndex: between(event.target.valueAsNumber, startFrameIndex, count - 1) })}
        />
      </label>
      <label>
        <input type="checkbox" checked={includePictures} onChange={(event) => change({ includePictures: event.target.checked })} />
        Pictures of the frames
      </label>
      <NoOverlap />
    </fieldset>
  );
}

function between(value: number, least: number, most: number): number {
  return Number.isNaN(value) ? least : Math.max(least, Math.min(most, Math.round(value)));
}
