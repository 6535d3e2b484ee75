import { useState } from "react";

import { redo, undo } from "../prompts";
import { closeSession } from "../session";
import { setPage, type Tool, usePage, videoName } from "../store";
import { nextTheme, theme } from "../theme";
import { Icon } from "./Icon";
import { stage } from "./Stage";

const TOOLS: { tool: Tool; label: string; key: string }[] = [
  { tool: "point", label: "Points and boxes", key: "P" },
  { tool: "brush", label: "Brush", key: "B" },
  { tool: "eraser", label: "Eraser", key: "E" },
];

export function Toolbar() {
  const video = usePage((state) => state.video);
  const tool = usePage((state) => state.tool);
  const brush = usePage((state) => state.brush);
  const canUndo = usePage((state) => state.past.length > 0);
  const canRedo = usePage((state) => state.future.length > 0);
  return (
    <header className="toolbar">
      <Brand />
      <button className="video" title="Back to the videos; the session stays open" onClick={() => (location.hash = "")}>
        <Icon name="video" />
        <span>{video && videoName(video.path)}</span>
      </button>
      <div className="group" role="radiogroup" aria-label="Tool">
        {TOOLS.map((each) => (
          <button
            key={each.tool}
            role="radio"
            aria-checked={tool === each.tool}
            title={`${each.label} (${each.key})`}
            onClick={() => setPage({ tool: each.tool })}
          >
            <Icon name={each.tool} />
            <span>{each.label}</span>
          </button>
        ))}
      </div>
      {tool !== "point" && (
        <label className="brush" title="Size of the brush in pixels of the video ([ and ])">
          <span>Size</span>
          <input type="range" min={1} max={100} value={brush} onChange={(event) => setPage({ brush: event.target.valueAsNumber })} />
          <output>{Math.round(brush)}</output>
        </label>
      )}
      <div className="group">
        <button title="Undo (Ctrl Z)" aria-label="Undo" disabled={!canUndo} onClick={() => void undo()}>
          <Icon name="undo" />
        </button>
        <button title="Redo (Ctrl Y)" aria-label="Redo" disabled={!canRedo} onClick={() => void redo()}>
          <Icon name="redo" />
        </button>
      </div>
      <div className="group">
        <button title="Zoom out (−)" aria-label="Zoom out" onClick={() => stage.zoom(0.8)}>
          <Icon name="zoomOut" />
        </button>
        <button title="Zoom in (+)" aria-label="Zoom in" onClick={() => stage.zoom(1.25)}>
          <Icon name="zoomIn" />
        </button>
        <button title="Fit (0)" aria-label="Fit" onClick={() => stage.fit()}>
          <Icon name="fit" />
        </button>
      </div>
      <span className="spring" />
      <button title="Export the masks (Ctrl S)" onClick={() => setPage({ sheet: "export" })}>
        <Icon name="download" /> Export
      </button>
      <CloseButton />
      <ThemeButton />
      <button title="All keys (?)" aria-label="All keys" onClick={() => setPage({ sheet: "keys" })}>
        <Icon name="help" />
      </button>
    </header>
  );
}

export function Brand() {
  return (
    <span className="brand">
      sam2<b>lit</b>
    </span>
  );
}

export function ThemeButton() {
  const [chosen, choose] = useState(theme);
  return (
    <button title={`Colours: ${chosen}`} aria-label={`Colours: ${chosen}`} onClick={() => choose(nextTheme())}>
      <Icon name={chosen} />
    </button>
  );
}

/** Ends the session on the server, after it was asked for twice: its masks and adapters go. */
function CloseButton() {
  const [sure, setSure] = useState(false);
  return (
    <button
      data-asks="again"
      className={sure ? "danger" : ""}
      title="End the session: its masks and adapters go"
      onClick={() => (sure ? void closeSession() : setSure(true))}
      onBlur={() => setSure(false)}
    >
      {sure ? "Masks and adapters go. End?" : "End session"}
    </button>
  );
}
