/** What the canvas shows: CSS pixels a video pixel, and where the video's upper left corner lies. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

const MARGIN = 16;
const MOST = 40;

export function fitted(width: number, height: number, videoWidth: number, videoHeight: number): View {
  const scale = Math.max(0.01, Math.min((width - 2 * MARGIN) / videoWidth, (height - 2 * MARGIN) / videoHeight));
  return { scale, x: (width - videoWidth * scale) / 2, y: (height - videoHeight * scale) / 2 };
}

/** Zooms about a point that stays where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.max(0.05, Math.min(MOST, view.scale * factor));
  const change = scale / view.scale;
  return { scale, x: x - (x - view.x) * change, y: y - (y - view.y) * change };
}
