import { useEffect, useState } from "react";

import { type AdapterSource, adapterSources, copyAdapters } from "../actions/training";
import { usePage } from "../store/store";
import type { TrackedObject } from "../store/types";

/** Adapters of objects with the same label in other videos, for an object that has none yet. */
export function CarriedAdapters({ object }: { object: TrackedObject }) {
  const { objectId, label } = object;
  const sessionId = usePage((state) => state.sessionId);
  const isNew = object.promptedFrames.length > 0 && object.adapters.length === 0;
  const [sources, setSources] = useState<AdapterSource[]>([]);
  useEffect(() => {
    let isLeft = false;
    setSources([]);
    if (label && isNew) void adapterSources(objectId).then((found) => isLeft || setSources(found));
    return () => {
      isLeft = true;
    };
  }, [sessionId, objectId, label, isNew]);
  if (sources.length === 0) return null;
  return (
    <div className="carried">
      <p className="quiet">What was learned from another {label} may help here from the start:</p>
      {sources.map((source) => (
        <button
          key={`${source.sessionId} ${source.objectId}`}
          title={source.videoPath}
          onClick={() => void copyAdapters(objectId, source)}
        >
          Use {source.adapters.length} adapter{source.adapters.length > 1 ? "s" : ""} of {source.name ?? `object ${source.objectId}`} in {source.videoPath.split("/").pop()}
        </button>
      ))}
    </div>
  );
}
