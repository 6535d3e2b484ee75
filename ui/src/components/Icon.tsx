const PATHS = {
  close: "M4 4l8 8M12 4l-8 8",
  add: "M8 3v10M3 8h10",
  point: "M8 2v4M8 10v4M2 8h4M10 8h4",
  brush: "M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z",
  eraser: "M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8",
  polygon: "M8 2.5l5.5 4-2 6.5h-7l-2-6.5z",
  lasso: "M8 3c3.3 0 5.5 1.6 5.5 3.7S11.3 10.5 8 10.5 2.5 8.9 2.5 6.7 4.7 3 8 3zM5 10c.8 1 .6 3-1.5 3.5",
  label: "M2.5 2.5h5l6 6-5 5-6-6zM5.5 5.5h.01",
  more: "M3 8h.01M8 8h.01M13 8h.01",
  panels: "M2 3h12v10H2zM10 3v10",
  review: "M2.5 8.5l3 3 3-6M9 11.5l1.5 1.5 3.5-7",
  undo: "M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6",
  redo: "M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  zoomIn: "M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4",
  zoomOut: "M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  eyeOff: "M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8",
  remove: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5",
  play: "M5 3l8 5-8 5z",
  pause: "M5 3v10M11 3v10",
  previous: "M10 3L5 8l5 5",
  next: "M6 3l5 5-5 5",
  previousKey: "M12 3L7 8l5 5M4 6.5L5.5 8 4 9.5 2.5 8z",
  nextKey: "M4 3l5 5-5 5M12 6.5L13.5 8 12 9.5 10.5 8z",
  stop: "M4 4h8v8H4z",
  light: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7",
  dark: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
  system: "M2 3h12v8H2zM6 14h4M8 11v3",
  help: "M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2",
  video: "M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z",
  doubt: "M2 11l3-4 3 3 2-5 4 6M8 14v-.5",
  download: "M8 3v8M5 8l3 3 3-3M3 13h10",
  upload: "M8 11V3M5 6l3-3 3 3M3 13h10",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
