import { redo, undo } from "../actions/prompts";
import { endSession } from "../actions/session";
import { videoName } from "../store/selectors";
import { stage } from "../store/stage";
import { setPage, usePage } from "../store/store";
import type { Tool } from "../store/types";
import { Brand } from "./Brand";
import { ConfirmButton } from "./ConfirmButton";
import { Icon } from "./Icon";
import { ThemeButton } from "./ThemeButton";

const TOOLS: { tool: Tool; label: string; key: string }[] = [
  { tool: "point", label: "Points and boxes", key: "P" },
  { tool: "brush", label: "Brush", key: "B" },
  { tool: "eraser", label: "Eraser", key: "E" },
];

export function Toolbar() {
  const video = usePage((state) => state.video);
  const tool = usePage((state) => state.tool);
  const brush = usePage((state) => state.brush);
  const canUndo = usePage((state) => state.undoStack.length > 0);
  const canRedo = usePage((state) => state.redoStack.length > 0);
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
        <label className="brush" title="Radius of the brush in video pixels ([ and ])">
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
      <button title="Import masks from a file (Ctrl O)" onClick={() => setPage({ dialog: "import" })}>
        <Icon name="upload" /> Import
      </button>
      <button title="Export the masks (Ctrl S)" onClick={() => setPage({ dialog: "export" })}>
        <Icon name="download" /> Export
      </button>
      <ConfirmButton
        question="Delete masks and adapters?"
        title="End the session and delete its masks and adapters"
        onConfirm={() => void endSession()}
      >
        End session
      </ConfirmButton>
      <ThemeButton />
      <button title="All keys (?)" aria-label="All keys" onClick={() => setPage({ dialog: "shortcuts" })}>
        <Icon name="help" />
      </button>
    </header>
  );
}
