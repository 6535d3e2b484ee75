import { useRef, useState } from "react";

import { cancelImport, importMasks, type Options, type Plan } from "../actions/importing";
import type { FrameMatching } from "../api/generated/graphql";
import { Dialog } from "./Dialog";
import { NoticeLine } from "./NoticeLine";

const MATCHINGS: { value: FrameMatching; label: string }[] = [
  { value: "AUTO", label: "by name, else by number" },
  { value: "NAME", label: "by the names of files" },
  { value: "INDEX", label: "by number" },
];

export function ImportDialog() {
  return (
    <Dialog name="import" title="Import">
      <Import />
    </Dialog>
  );
}

/** Chooses a file, shows what it would change, and imports it. */
function Import() {
  const [files, setFiles] = useState<File[]>([]);
  const [options, setOptions] = useState<Options>({});
  const [plan, setPlan] = useState<Plan | null>(null);
  const [part, setPart] = useState<number | null>(null);
  const run = async (chosen: File[], wanted: Options, dryRun: boolean) => {
    setPart(0);
    const made = await importMasks(chosen, { ...wanted, dryRun, ignoreMismatches: true }, setPart);
    setPart(null);
    setPlan(made?.applied ? null : made);
    if (made?.applied) setFiles([]);
  };
  const choose = (list: FileList | null) => {
    const chosen = [...(list ?? [])].filter(({ name }) => !name.startsWith("."));
    if (chosen.length === 0) return;
    setFiles(chosen);
    setOptions({});
    void run(chosen, {}, true);
  };
  const change = (changed: Options) => {
    setOptions(changed);
    void run(files, changed, true);
  };
  return (
    <div className="formats">
      <p>
        COCO, DAVIS, YouTube-VOS, YOLO segmentation, CVAT, Label Studio, MOTS, or an export of this page. Nothing changes before you
        have seen what would.
      </p>
      <Choosers disabled={part !== null} choose={choose} />
      {part !== null && (
        <p className="importing">
          <progress max={1} value={part < 1 ? part : undefined} aria-label="Import" />
          <button onClick={cancelImport}>Cancel</button>
        </p>
      )}
      {plan && part === null && (
        <PlanView plan={plan} options={options} change={change} apply={() => void run(files, options, false)} />
      )}
      <NoticeLine place="import" />
    </div>
  );
}

function Choosers({ disabled, choose }: { disabled: boolean; choose: (files: FileList | null) => void }) {
  const file = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  return (
    <p className="choosers">
      <button className="primary" disabled={disabled} onClick={() => file.current?.click()}>
        Choose a file
      </button>
      <button disabled={disabled} onClick={() => folder.current?.click()}>
        Choose a folder
      </button>
      <input ref={file} type="file" hidden aria-label="File of masks" onChange={(event) => choose(event.target.files)} />
      <input
        ref={(element) => {
          folder.current = element;
          // React has no attribute for it.
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        hidden
        aria-label="Folder of masks"
        onChange={(event) => choose(event.target.files)}
      />
    </p>
  );
}

interface PlanProps {
  plan: Plan;
  options: Options;
  change: (options: Options) => void;
  apply: () => void;
}

function PlanView({ plan, options, change, apply }: PlanProps) {
  const map = (source: string, objectId: number) => {
    const others = (options.objectMap ?? []).filter((each) => each.source !== source);
    change({ ...options, objectMap: Number.isNaN(objectId) ? others : [...others, { source, objectId }] });
  };
  return (
    <section className="plan" aria-label="What would be imported">
      <p>
        <b>
          {plan.format} · {plan.maskCount} mask{plan.maskCount === 1 ? "" : "s"} on {plan.frameCount} frame
          {plan.frameCount === 1 ? "" : "s"}
        </b>
        {plan.replacedMaskCount > 0 && `, ${plan.replacedMaskCount} of this session are replaced`}
      </p>
      <label>
        Frames match
        <select value={options.frames ?? "AUTO"} onChange={(event) => change({ ...options, frames: event.target.value as FrameMatching })}>
          {MATCHINGS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <ul>
        {plan.objects.map(({ source, objectId, name, isNew, frameCount }) => (
          <li key={source}>
            <span>
              {name ?? `Object ${source}`} · {frameCount} frame{frameCount === 1 ? "" : "s"} →
            </span>
            <label>
              object
              <input
                type="number"
                min={0}
                defaultValue={objectId}
                aria-label={`Object for ${name ?? source}`}
                onBlur={(event) => event.target.valueAsNumber !== objectId && map(source, event.target.valueAsNumber)}
              />
            </label>
            {isNew && <small>new</small>}
          </li>
        ))}
      </ul>
      {plan.mismatches.length > 0 && <Messages title="Left out" messages={plan.mismatches.map(({ message }) => message)} />}
      {plan.losses.length > 0 && <Messages title="Not held" messages={plan.losses} />}
      <button className="primary" disabled={plan.maskCount === 0} onClick={apply}>
        Import {plan.maskCount} mask{plan.maskCount === 1 ? "" : "s"}
      </button>
    </section>
  );
}

function Messages({ title, messages }: { title: string; messages: string[] }) {
  return (
    <div className="mismatches" role="note" aria-label={title}>
      <b>{title}</b>
      <ul>
        {messages.map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </div>
  );
}
