import { useState } from "react";

import { saveLabels } from "../actions/labels";
import { defaultColor } from "../store/colors";
import { setPage, usePage } from "../store/store";
import type { Label } from "../store/types";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import { NoticeLine } from "./NoticeLine";

export function LabelsDialog() {
  return (
    <Dialog name="labelSet" title="Labels">
      <Labels />
    </Dialog>
  );
}

const KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The labels of the project, to be changed. */
function Labels() {
  const [labels, setLabels] = useState<Label[]>(usePage((state) => state.labels));
  const change = (index: number, part: Partial<Label>) => setLabels(labels.map((each, at) => (at === index ? { ...each, ...part } : each)));
  const add = () => {
    const key = KEYS.find((each) => !labels.some((label) => label.key === each)) ?? null;
    setLabels([...labels, { name: "", color: defaultColor(labels.length + 1), key, attributes: [] }]);
  };
  const save = async (wanted: Label[] | null) => {
    const sent = wanted?.filter(({ name }) => name.trim()) ?? null;
    if (await saveLabels(sent)) setPage({ dialog: null });
  };
  return (
    <form
      className="formats"
      onSubmit={(event) => {
        event.preventDefault();
        void save(labels);
      }}
    >
      <p>What objects can be, in this video's folder. A number key labels the selected object, and all exports carry the label.</p>
      <ul>
        {labels.map((label, index) => (
          <li key={index} className="label-row">
            <input type="color" value={label.color} aria-label={`Color of label ${index + 1}`} onChange={(event) => change(index, { color: event.target.value })} />
            <input value={label.name} maxLength={100} placeholder="Name" aria-label={`Name of label ${index + 1}`} autoFocus={label.name === ""} onChange={(event) => change(index, { name: event.target.value })} />
            <select value={label.key ?? ""} aria-label={`Key of label ${index + 1}`} onChange={(event) => change(index, { key: Number(event.target.value) || null })}>
              <option value="">no key</option>
              {KEYS.map((key) => (
                <option key={key}>{key}</option>
              ))}
            </select>
            <button type="button" className="plain" aria-label={`Remove label ${index + 1}`} onClick={() => setLabels(labels.filter((_, at) => at !== index))}>
              <Icon name="remove" />
            </button>
          </li>
        ))}
      </ul>
      <p className="choosers">
        <button type="button" onClick={add}>
          <Icon name="add" /> Add label
        </button>
        <button className="primary">Save</button>
        <button type="button" title="Those of labels.json or labels.yaml in the folder of the video, if there is one" onClick={() => void save(null)}>
          From the folder's file
        </button>
      </p>
      <NoticeLine place="labels" />
    </form>
  );
}
