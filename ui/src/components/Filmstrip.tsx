import { type RefObject, useEffect, useRef, useState } from "react";

import { seek } from "../actions/playback";
import { fetchImage } from "../api/http";
import { usePage } from "../store/store";
import type { Video } from "../store/types";
import type { Scale } from "./timelineScale";

const HEIGHT = 40;
const MAX_KEPT = 400;

let shownVideo: Video | null = null;
const kept = new Map<number, ImageBitmap>();
let queue: Promise<unknown> = Promise.resolve();

/** A frame as a small picture. Frames are fetched one at a time, so that the picture's own do not wait for them. */
function thumbnail(video: Video, frame: number, isWanted: () => boolean): Promise<ImageBitmap | null> {
  if (shownVideo !== video) kept.clear();
  shownVideo = video;
  const found = kept.get(frame);
  if (found) return Promise.resolve(found);
  const next = queue.then(async () => {
    if (!isWanted() || shownVideo !== video) return null;
    const whole = await fetchImage(video.frameUrlTemplate.replace("{index}", String(frame)));
    const small = await createImageBitmap(whole, { resizeHeight: 2 * HEIGHT, resizeQuality: "medium" });
    whole.close();
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(frame, small);
    return small;
  });
  queue = next.catch(() => {});
  return next;
}

/** Pictures along the timeline, of those frames that fit in the window. */
export function Filmstrip({ scale, scroller }: { scale: Scale; scroller: RefObject<HTMLDivElement | null> }) {
  const video = usePage((state) => state.video)!;
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const element = scroller.current!;
    const follow = () => setLeft(element.scrollLeft);
    element.addEventListener("scroll", follow, { passive: true });
    return () => element.removeEventListener("scroll", follow);
  }, [scroller]);
  const width = (HEIGHT * video.width) / video.height;
  const every = Math.max(1, Math.ceil(width / scale.step));
  const first = Math.max(0, Math.floor(scale.frameAt(left) / every) * every);
  const last = scale.frameAt(left + (scroller.current?.clientWidth ?? 0));
  const frames = [];
  for (let frame = first; frame <= last; frame += every) frames.push(frame);
  return (
    <div className="film" style={{ height: HEIGHT }} aria-label="Filmstrip" role="group">
      {frames.map((frame) => (
        <Thumbnail key={frame} video={video} frame={frame} x={scale.x(frame) - scale.step / 2} width={width} />
      ))}
    </div>
  );
}

function Thumbnail({ video, frame, x, width }: { video: Video; frame: number; x: number; width: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let wanted = true;
    thumbnail(video, frame, () => wanted)
      .then((picture) => {
        const surface = canvas.current;
        if (!picture || !surface) return;
        surface.width = picture.width;
        surface.height = picture.height;
        surface.getContext("2d")!.drawImage(picture, 0, 0);
        surface.dataset.shown = "true";
      })
      .catch(() => {});
    return () => void (wanted = false);
  }, [video, frame]);
  return <canvas ref={canvas} data-thumbnail={frame} style={{ left: x, width, height: HEIGHT }} onClick={() => seek(frame)} />;
}
