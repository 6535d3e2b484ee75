import { useEffect, useRef, useState } from "react";

import { addObject, nameObject, removeObject, toggleHidden } from "../actions/objects";
import { takeImported } from "../actions/prompts";
import { displayName } from "../store/selectors";
import { changeObject, masks, setPage, usePage } from "../store/store";
import type { TrackedObject } from "../store/types";
import { ConfirmButton } from "./ConfirmButton";
import { Icon } from "./Icon";
import { NoticeLine } from "./NoticeLine";
import { ObjectDetails } from "./ObjectDetails";

export function ObjectsPanel() {
  const objects = usePage((state) => state.objects);
  const selected = usePage((state) => state.selected);
  return (
    <aside className="objects" aria-label="Objects">
      <h2>Objects</h2>
      <ul>
        {objects.map((object) => (
          <ObjectRow key={object.objectId} object={object} selected={object.objectId === selected} />
        ))}
      </ul>
      {objects.length === 0 && <p className="quiet">None yet. Your first click adds one.</p>}
      {objects.length > 0 && (
        <button className="add" title="New object (N)" onClick={() => addObject()}>
          <Icon name="add" /> Add object <kbd>N</kbd>
        </button>
      )}
      <NoticeLine place="objects" />
    </aside>
  );
}

function ObjectRow({ object, selected }: { object: TrackedObject; selected: boolean }) {
  const { objectId, label, color, hidden, promptedFrames, adapters } = object;
  const shown = displayName(object);
  const row = useRef<HTMLLIElement>(null);
  usePage((state) => state.masksVersion);
  const frame = usePage((state) => state.frame);
  const imported = masks.get(frame, objectId)?.source === "IMPORTED";
  const facts = [
    promptedFrames.length === 0 ? "no prompt yet" : `${promptedFrames.length} prompt${promptedFrames.length > 1 ? "s" : ""}`,
    ...(adapters.length ? [`${adapters.length} adapter${adapters.length > 1 ? "s" : ""}`] : []),
  ];
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <li ref={row} className="object" aria-current={selected} onClick={() => setPage({ selected: objectId })}>
     <div className="row-of">
      <input
        type="color"
        value={color}
        aria-label={`Color of ${shown}`}
        title="Color"
        onChange={(event) => changeObject(objectId, { color: event.target.value })}
      />
      <div className="about">
        <Name object={object} />
        <small>
          {label && <LabelMark name={label} />}
          {facts.join(" · ")}
        </small>
      </div>
      {imported && (
        <button
          className="plain"
          title="Use the imported mask on this frame as a prompt"
          aria-label={`Use the imported mask of ${shown}`}
          onClick={(event) => {
            event.stopPropagation();
            void takeImported(objectId);
          }}
        >
          <Icon name="point" />
        </button>
      )}
      <button
        className="plain"
        title={hidden ? "Show (H)" : "Hide (H)"}
        aria-label={`${hidden ? "Show" : "Hide"} ${shown}`}
        onClick={(event) => {
          event.stopPropagation();
          toggleHidden(objectId);
        }}
      >
        <Icon name={hidden ? "eyeOff" : "eye"} />
      </button>
      <ConfirmButton
        className="remove plain"
        question="Remove?"
        title="Remove with its masks and adapters (Delete)"
        label={`Remove ${shown}`}
        onConfirm={() => void removeObject(objectId)}
      >
        <Icon name="remove" />
      </ConfirmButton>
     </div>
      {selected && <ObjectDetails object={object} />}
    </li>
  );
}

function LabelMark({ name }: { name: string }) {
  const color = usePage((state) => state.labels.find((label) => label.name === name)?.color);
  return (
    <span className="label-mark">
      <i style={{ background: color }} /> {name} ·{" "}
    </span>
  );
}

/** An object's name, which a double click or F2 edits. */
function Name({ object }: { object: TrackedObject }) {
  const { objectId, name } = object;
  const renaming = usePage((state) => state.renaming === objectId);
  if (renaming) return <NameField objectId={objectId} name={name} />;
  return (
    <button
      className="name"
      title={`${displayName(object)}\nDouble click or F2 renames`}
      aria-label={`${displayName(object)}: select; F2 renames`}
      onDoubleClick={() => setPage({ renaming: objectId })}
    >
      {displayName(object)}
    </button>
  );
}

function NameField({ objectId, name }: { objectId: number; name: string }) {
  const [text, setText] = useState(name);
  const cancelled = useRef(false);
  return (
    <input
      className="name"
      value={text}
      maxLength={100}
      autoFocus
      placeholder={`Object ${objectId}`}
      aria-label={`Name of object ${objectId}`}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        setPage({ renaming: null });
        if (!cancelled.current) void nameObject(objectId, text);
      }}
      onKeyDown={(event) => {
        cancelled.current = event.key === "Escape";
        if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
