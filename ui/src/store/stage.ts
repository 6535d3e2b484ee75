/** What the toolbar and the keyboard ask of the canvas. The Stage component fills it in when it mounts. */
export const stage = {
  fit: () => {},
  zoom: (_factor: number) => {},
  /** Pans by CSS pixels. */
  pan: (_x: number, _y: number) => {},
  /** Ends an unfinished box, stroke or polygon without effect. Returns whether there was one. */
  cancel: () => false,
  /** Closes an unfinished polygon. Returns whether there was one. */
  close: () => false,
  /** Removes an unfinished polygon's last corner. Returns whether there was one. */
  removeCorner: () => false,
  /** Shows a rectangle of the frame, in video pixels, as large as it fits. */
  zoomTo: (_left: number, _top: number, _right: number, _bottom: number) => {},
  /** Paints or erases once at a point relative to the frame. */
  dab: (_x: number, _y: number) => {},
  /** Whether Space is held, so that dragging pans. */
  panning: false,
  /** Whether a drag has panned since Space was pressed; releasing Space then does not start playback. */
  panned: false,
};
