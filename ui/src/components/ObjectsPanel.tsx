import { useState } from "react";

import { addObject, nameObject, removeObject, toggleHidden } from "../actions/objects";
import { takeImported } from "../actions/prompts";
import { displayName } from "../store/selectors";
import { changeObject, masks, setPage, usePage } from "../store/store";
import type { TrackedObject } from "../store/types";
import { ConfirmButton } from "./ConfirmButton";
import { Icon } from "./Icon";
import { NoticeLine } from "./NoticeLine";

export function ObjectsPanel() {
  const objects = usePage((state) => state.objects);
  const selected = usePage((state) => state.selected);
  return (
    <aside className="objects" aria-label="Objects">
      <h2>
        Objects
        <button className="plain" title="New object (N)" aria-label="New object" onClick={() => addObject()}>
          <Icon name="add" />
        </button>
      </h2>
      <ul>
        {objects.map((object) => (
          <ObjectRow key={object.objectId} object={object} selected={object.objectId === selected} />
        ))}
      </ul>
      {objects.length === 0 && <p className="quiet">None yet. Your first click adds one.</p>}
      <NoticeLine place="objects" />
    </aside>
  );
}

function ObjectRow({ object, selected }: { object: TrackedObject; selected: boolean }) {
  const { objectId, name, color, hidden, promptedFrames, adapters } = object;
  const shown = displayName(object);
  usePage((state) => state.masksVersion);
  const frame = usePage((state) => state.frame);
  const imported = masks.get(frame, objectId)?.source === "IMPORTED";
  const facts = [
    promptedFrames.length === 0 ? "no prompt yet" : `${promptedFrames.length} prompt${promptedFrames.length > 1 ? "s" : ""}`,
    ...(adapters.length ? [`${adapters.length} adapter${adapters.length > 1 ? "s" : ""}`] : []),
  ];
  return (
    <li className="object" aria-current={selected} onClick={() => setPage({ selected: objectId })}>
      <input
        type="color"
        value={color}
        aria-label={`Color of ${shown}`}
        title="Color"
        onChange={(event) => changeObject(objectId, { color: event.target.value })}
      />
      <div className="about">
        <NameField key={name} objectId={objectId} name={name} />
        <small>{facts.join(" · ")}</small>
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
    </li>
  );
}

function NameField({ objectId, name }: { objectId: number; name: string }) {
  const [text, setText] = useState(name);
  return (
    <input
      className="name"
      value={text}
      maxLength={100}
      placeholder={`Object ${objectId}`}
      aria-label={`Name of object ${objectId}`}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => void nameObject(objectId, text)}
      onKeyDown={(event) => {
        if (event.key === "Escape") setText(name);
        if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
