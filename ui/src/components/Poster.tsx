import { useEffect, useRef } from "react";

import { fetchImage } from "../api/http";

/** A picture of a video. */
export function Poster({ url }: { url: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const aborted = new AbortController();
    fetchImage(url, aborted.signal)
      .then((image) => {
        const surface = canvas.current;
        if (!surface) return;
        surface.width = image.width;
        surface.height = image.height;
        surface.getContext("2d")!.drawImage(image, 0, 0);
      })
      .catch(() => {});
    return () => aborted.abort();
  }, [url]);
  return <canvas ref={canvas} aria-hidden="true" />;
}
