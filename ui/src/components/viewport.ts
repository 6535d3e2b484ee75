/** Maps video pixels to CSS pixels of the canvas: CSS pixels per video pixel, and where the video's top left corner is. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

const MARGIN = 8;
const MIN_SCALE = 0.05;
const MAX_SCALE = 40;

/** The largest view that shows the whole video. */
export function fitView(width: number, height: number, videoWidth: number, videoHeight: number): View {
  const scale = Math.max(0.01, Math.min((width - 2 * MARGIN) / videoWidth, (height - 2 * MARGIN) / videoHeight));
  return { scale, x: (width - videoWidth * scale) / 2, y: (height - videoHeight * scale) / 2 };
}

/** The view that shows a rectangle of the video with as much again around it. */
export function showArea(width: number, height: number, left: number, top: number, right: number, bottom: number): View {
  const scale = Math.max(MIN_SCALE, Math.min(MAX_SCALE, width / (2 * (right - left)), height / (2 * (bottom - top))));
  return { scale, x: width / 2 - ((left + right) / 2) * scale, y: height / 2 - ((top + bottom) / 2) * scale };
}

/** Zooms about a fixed point in CSS pixels. */
export function zoomView(view: View, factor: number, x: number, y: number): View {
  const scale = Math.max(MIN_SCALE, Math.min(MAX_SCALE, view.scale * factor));
  const change = scale / view.scale;
  return { scale, x: x - (x - view.x) * change, y: y - (y - view.y) * change };
}
