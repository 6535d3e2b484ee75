import { useState } from "react";

import { labelObject, setAttributes } from "../actions/labels";
import { setPage, usePage } from "../store/store";
import type { TrackedObject } from "../store/types";

/** The label and the attributes of the selected object. */
export function ObjectDetails({ object }: { object: TrackedObject }) {
  const { objectId, label, attributes } = object;
  const labels = usePage((state) => state.labels);
  const [key, setKey] = useState("");
  const offered = labels.find(({ name }) => name === label)?.attributes ?? [];
  const keys = [...new Set([...offered.map(({ name }) => name), ...attributes.map((each) => each.key)])];
  const set = (changed: string, value: string) => {
    const others = attributes.filter((each) => each.key !== changed);
    void setAttributes(objectId, value ? [...others, { key: changed, value }] : others);
  };
  const names = labels.map(({ name }) => name);
  return (
    <div className="details">
      <label>
        Label
        <select value={label ?? ""} onChange={(event) => void labelObject(objectId, event.target.value)}>
          <option value="">none</option>
          {(label && !names.includes(label) ? [label, ...names] : names).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <button className="plain" onClick={() => setPage({ dialog: "labelSet" })}>
          Edit…
        </button>
      </label>
      {keys.map((each) => {
        const value = attributes.find((attribute) => attribute.key === each)?.value ?? "";
        const values = offered.find(({ name }) => name === each)?.values ?? [];
        return (
          <label key={each}>
            {each}
            <AttributeField key={value} name={each} value={value} values={values} set={(text) => set(each, text)} />
          </label>
        );
      })}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [name, ...rest] = key.split("=");
          if (name?.trim() && rest.length) set(name.trim(), rest.join("=").trim());
          setKey("");
        }}
      >
        <input value={key} placeholder="attribute = value" aria-label="New attribute" onChange={(event) => setKey(event.target.value)} />
      </form>
    </div>
  );
}

interface FieldProps {
  name: string;
  value: string;
  /** Those to choose from; any where there are none. */
  values: string[];
  set: (value: string) => void;
}

function AttributeField({ name, value, values, set }: FieldProps) {
  const [text, setText] = useState(value);
  if (values.length) {
    return (
      <select value={value} aria-label={name} onChange={(event) => set(event.target.value)}>
        {["", ...new Set([value, ...values].filter(Boolean))].map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    );
  }
  return <input value={text} aria-label={name} onChange={(event) => setText(event.target.value)} onBlur={() => text !== value && set(text)} />;
}
