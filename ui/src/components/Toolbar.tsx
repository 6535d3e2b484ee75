import { cleanMask, redo, undo } from "../actions/prompts";
import { markAbsent, toggleConfirmed } from "../actions/ranges";
import { showStart } from "../actions/session";
import { videoName } from "../store/selectors";
import { stage } from "../store/stage";
import { setPage, usePage } from "../store/store";
import { BRUSH_SIZES, type Tool } from "../store/types";
import { storeView } from "../store/view";
import { Brand } from "./Brand";
import { Icon } from "./Icon";
import { Menu } from "./Menu";
import { NoOverlap } from "./NoOverlap";
import { SavedState } from "./SavedState";
import { ThemeButton } from "./ThemeButton";

const TOOLS: { tool: Tool; label: string; key: string }[] = [
  { tool: "point", label: "Points and boxes", key: "P" },
  { tool: "brush", label: "Brush", key: "B" },
  { tool: "eraser", label: "Eraser", key: "E" },
  { tool: "polygon", label: "Polygon", key: "O" },
  { tool: "lasso", label: "Lasso", key: "A" },
];

export function Toolbar() {
  const video = usePage((state) => state.video)!;
  const canUndo = usePage((state) => state.canUndo);
  const canRedo = usePage((state) => state.canRedo);
  const panels = usePage((state) => state.panels);
  return (
    <header className="toolbar">
      <Brand />
      <button className="video" title={`${videoName(video.path)}\nBack to the videos; the session stays`} onClick={showStart}>
        <Icon name="video" />
        <span>{videoName(video.path)}</span>
      </button>
      <Tools />
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
        <button title="Fit (0); Z shows the object" aria-label="Fit" onClick={() => stage.fit()}>
          <Icon name="fit" />
        </button>
      </div>
      <span className="spring" />
      <SavedState />
      <button title="Export the masks (Ctrl S)" onClick={() => setPage({ dialog: "export" })}>
        <Icon name="download" /> Export
      </button>
      <button
        title="Show or hide the panels (\)"
        aria-label="Panels"
        aria-pressed={panels}
        onClick={() => {
          setPage({ panels: !panels });
          storeView({ panels: !panels });
        }}
      >
        <Icon name="panels" />
      </button>
      <ThemeButton />
      <Menu label="More" button={<Icon name="more" />}>
        <button onClick={() => setPage({ dialog: "import" })}>
          <Icon name="upload" /> Import masks… <kbd>Ctrl O</kbd>
        </button>
        <button onClick={() => setPage({ dialog: "labelSet" })}>
          <Icon name="label" /> Labels…
        </button>
        <button onClick={() => setPage({ dialog: "shortcuts" })}>
          <Icon name="help" /> All keys <kbd>?</kbd>
        </button>
        <button onClick={() => setPage({ dialog: "delete" })}>
          <Icon name="remove" /> Delete session…
        </button>
      </Menu>
    </header>
  );
}

function Tools() {
  const tool = usePage((state) => state.tool);
  const brush = usePage((state) => state.brush);
  const hasBrush = tool === "brush" || tool === "eraser";
  return (
    <>
      <div className="group" role="radiogroup" aria-label="Tool">
        {TOOLS.map((each) => (
          <button
            key={each.tool}
            role="radio"
            aria-checked={tool === each.tool}
            aria-label={each.label}
            title={`${each.label} (${each.key})`}
            onClick={() => setPage({ tool: each.tool })}
          >
            <Icon name={each.tool} />
          </button>
        ))}
      </div>
      <label className="brush" data-used={hasBrush} title="Radius of the brush in video pixels ([ and ])">
        <span>Size</span>
        <input
          type="range"
          {...{ min: BRUSH_SIZES.least, max: BRUSH_SIZES.most }}
          disabled={!hasBrush}
          value={brush}
          onChange={(event) => setPage({ brush: event.target.valueAsNumber })}
        />
        <output>{Math.round(brush)}</output>
      </label>
      <Menu label="Mask" title="What to do with the mask" button={<>Mask</>}>
        <button onClick={() => void markAbsent()}>
          Not there (absent) <kbd>Shift A</kbd>
        </button>
        <button onClick={() => void toggleConfirmed()}>
          Confirm, take back <kbd>K</kbd>
        </button>
        <button onClick={() => void cleanMask("holes")}>
          Fill holes <kbd>Shift F</kbd>
        </button>
        <button onClick={() => void cleanMask("specks")}>
          Drop specks <kbd>Shift D</kbd>
        </button>
        <NoOverlap />
      </Menu>
    </>
  );
}
