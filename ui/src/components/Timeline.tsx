import { type PointerEvent, useState } from "react";

import { storedView, storeView } from "../store/view";
import { Tracks } from "./Tracks";
import { Transport } from "./Transport";

const LEAST = 56;
const KEY_STEP = 20;

/** The transport and the objects' rows; the bar between them and the picture changes their height. */
export function Timeline() {
  const [zoom, setZoom] = useState(1);
  const [filmstrip, setFilmstrip] = useState(() => storedView().filmstrip);
  const [height, setHeight] = useState(() => storedView().timeline);
  const resize = (wanted: number) => {
    const most = innerHeight / 2;
    const next = Math.round(Math.max(LEAST, Math.min(most, wanted)));
    setHeight(next);
    storeView({ timeline: next });
  };
  const current = () => document.querySelector<HTMLElement>(".tracks")!.clientHeight;
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    resize(document.querySelector(".tracks")!.getBoundingClientRect().bottom - event.clientY - document.querySelector<HTMLElement>(".transport")!.offsetHeight);
  };
  return (
    <footer className="timeline" aria-label="Timeline">
      <div
        className="splitter"
        role="separator"
        aria-orientation="horizontal"
        aria-label="Height of the timeline"
        aria-valuenow={height ?? 0}
        tabIndex={0}
        title="Drag to change the height; double click fits the objects"
        onPointerMove={drag}
        onDoubleClick={() => {
          setHeight(null);
          storeView({ timeline: null });
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.stopPropagation();
          resize(current() + (event.key === "ArrowUp" ? KEY_STEP : -KEY_STEP));
        }}
      />
      <Transport
        zoom={zoom}
        setZoom={setZoom}
        filmstrip={filmstrip}
        toggleFilmstrip={() => {
          setFilmstrip(!filmstrip);
          storeView({ filmstrip: !filmstrip });
        }}
      />
      <Tracks zoom={zoom} setZoom={setZoom} filmstrip={filmstrip} height={height} />
    </footer>
  );
}
