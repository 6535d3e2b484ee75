import { acceptCandidate } from "../actions/prompts";
import { removeAdapters, setLoraMode } from "../actions/training";
import type { LoraMode } from "../api/generated/graphql";
import { masks, setPage, usePage } from "../store/store";
import type { Adapter, Candidate, TrackedObject, TrainingRun } from "../store/types";
import { CarriedAdapters } from "./CarriedAdapters";
import { ConfirmButton } from "./ConfirmButton";
import { Explain } from "./Explain";
import { NoticeLine } from "./NoticeLine";

const MODES: { mode: LoraMode; label: string; means: string }[] = [
  { mode: "OFF", label: "Off", means: "Corrections train nothing; the model tracks alone." },
  { mode: "SUGGEST", label: "Suggest", means: "Corrections train adapters; you choose among their masks." },
  { mode: "AUTO", label: "Auto", means: "Near a correction, an adapter's mask is used where its shape is more like the frame before's." },
];

export function LearningPanel() {
  const mode = usePage((state) => state.loraMode);
  const objects = usePage((state) => state.objects);
  const selected = usePage((state) => state.objects.find((each) => each.objectId === state.selected));
  const adapters = objects.reduce((sum, each) => sum + each.adapters.length, 0);
  return (
    <aside className="learn" aria-label="Learning">
      <h2>Learning</h2>
      <div className="group modes" role="radiogroup" aria-label="What adapters do">
        {MODES.map((each) => (
          <button key={each.mode} role="radio" aria-checked={mode === each.mode} title={`${each.means} (L)`} onClick={() => void setLoraMode(each.mode)}>
            {each.label}
          </button>
        ))}
      </div>
      <p className="quiet">{MODES.find((each) => each.mode === mode)?.means}</p>
      <Effort />
      <NoticeLine place="learn" />
      <Run />
      <Candidates />
      <section>
        <h3>
          <span data-count="adapters">{adapters}</span> adapter{adapters === 1 ? "" : "s"}
          <Explain word="an adapter">
            A few weights that were trained on your corrections of one object. On other frames they propose masks, the candidates. Without
            them, masks stay as they are.
          </Explain>
          {adapters > 0 && (
            <ConfirmButton className="plain" question="Forget them?" title="Delete every adapter; masks stay" onConfirm={() => void removeAdapters()}>
              Forget
            </ConfirmButton>
          )}
        </h3>
        {objects.filter((each) => each.adapters.length).map((each) => (
          <AdapterList key={each.objectId} object={each} />
        ))}
        {selected && <CarriedAdapters object={selected} />}
      </section>
    </aside>
  );
}

/** What the user did, and what the model did in their place. */
function Effort() {
  const corrected = usePage((state) => state.corrected.size);
  const accepted = usePage((state) => state.accepted.size);
  return (
    <p className="effort" title="Frames that you corrected by hand, and frames where you accepted a candidate instead">
      You corrected <b data-count="corrected">{corrected}</b> frame{corrected === 1 ? "" : "s"}. The model saved you{" "}
      <b data-count="saved">{accepted}</b>.
    </p>
  );
}

/** The current training, or else the last one. */
function Run() {
  const training = usePage((state) => state.training);
  const last = usePage((state) => state.lastRun);
  const objects = usePage((state) => state.objects);
  const run = training ?? last;
  if (!run) {
    return <p className="quiet teach">Track, then correct a frame that came out wrong: the model learns from it at once.</p>;
  }
  const object = objects.find((each) => each.objectId === run.objectId);
  return (
    <section className="run" data-state={training ? "training" : "trained"}>
      <h3>
        <i style={{ background: object?.color }} />
        {training ? "Learning" : "Learned"} frame {run.frame}
        <small>{training ? `step ${run.ious.length}${run.steps ? ` of at most ${run.steps}` : ""}` : run.adapter && `${run.adapter.seconds.toFixed(1)} s`}</small>
      </h3>
      <Curve run={run} color={object?.color ?? "currentColor"} />
      {run.adapter ? (
        <Gain adapter={run.adapter} />
      ) : (
        <p className="gain">
          IoU <b>{run.ious.at(-1)?.toFixed(2) ?? "…"}</b>
        </p>
      )}
    </section>
  );
}

function Gain({ adapter }: { adapter: Adapter }) {
  const before = <b data-iou="before">{adapter.baselineIou.toFixed(2)}</b>;
  const after = <b data-iou="after">{adapter.trainingIou.toFixed(2)}</b>;
  const isGain = adapter.trainingIou.toFixed(2) > adapter.baselineIou.toFixed(2);
  return (
    <div className="gain" data-gain={isGain}>
      <small>{adapter.steps === 1 ? "1 step" : `${adapter.steps} steps`}</small>
      {isGain ? (
        <>
          IoU {before} to {after}
        </>
      ) : (
        <>
          No better than before: IoU {before} before, {after} after
        </>
      )}
      <Explain word="IoU">
        What two masks both cover, divided by what either covers: 1 where they are the same. Here it compares the model's mask on this
        frame with your correction, before the training and after it.
      </Explain>
    </div>
  );
}

const WIDTH = 256;
const HEIGHT = 84;
const LEFT = 22;

function Curve({ run, color }: { run: TrainingRun; color: string }) {
  const ious = run.ious;
  const lastStep = Math.max(ious.length - 1, 1);
  // Training keeps the best step.
  const marked = run.adapter ? ious.indexOf(Math.max(...ious)) : ious.length - 1;
  const x = (index: number) => LEFT + (index / lastStep) * (WIDTH - LEFT - 4);
  const y = (iou: number) => 6 + (1 - iou) * (HEIGHT - 12);
  const line = ious.map((iou, index) => `${x(index).toFixed(1)},${y(iou).toFixed(1)}`).join(" ");
  return (
    <svg className="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`IoU over ${ious.length} steps, now ${ious.at(-1)?.toFixed(2) ?? "unknown"}`}>
      {[0, 0.5, 1].map((iou) => (
        <g key={iou}>
          <line className="rule" x1={LEFT} x2={WIDTH} y1={y(iou)} y2={y(iou)} />
          <text x={LEFT - 5} y={y(iou) + 3}>{iou}</text>
        </g>
      ))}
      {run.adapter && <line className="baseline" x1={LEFT} x2={WIDTH} y1={y(run.adapter.baselineIou)} y2={y(run.adapter.baselineIou)} />}
      <polyline points={line} stroke={color} />
      {ious.length > 0 && <circle cx={x(marked)} cy={y(ious[marked]!)} r="3" fill={color} />}
    </svg>
  );
}

function Candidates() {
  const candidates = usePage((state) => state.candidates);
  const hovered = usePage((state) => state.hovered);
  if (candidates.length === 0) return null;
  return (
    <section className="candidates">
      <h3>
        Candidates <small>{candidates.length > 1 ? "point at one to see it" : "on the picture"}</small>
      </h3>
      <p className="quiet">
        <i className="added" /> is added, <i className="removed" /> is taken away.
      </p>
      {candidates.map((candidate, index) => (
        <CandidateButton key={candidate.adapterId} candidate={candidate} number={index + 1} hovered={hovered === candidate.adapterId} />
      ))}
    </section>
  );
}

function CandidateButton({ candidate, number, hovered }: { candidate: Candidate; number: number; hovered: boolean }) {
  const compare = (hovered: string | null) => () => setPage({ hovered });
  usePage((state) => state.masksVersion);
  const before = masks.get(candidate.frameIndex, candidate.objectId)?.predictedIou ?? null;
  const ious = `${before === null ? "" : `${before.toFixed(2)} to `}${candidate.predictedIou.toFixed(2)}`;
  return (
    <button
      className="candidate"
      data-hovered={hovered}
      onPointerEnter={compare(candidate.adapterId)}
      onPointerLeave={compare(null)}
      onFocus={compare(candidate.adapterId)}
      onBlur={compare(null)}
      onClick={() => void acceptCandidate(candidate)}
      aria-label={`Accept candidate ${number}, predicted IoU ${ious}`}
      title="The model's own estimate of the IoU: of the mask shown, and of the candidate"
    >
      <kbd>{number}</kbd>
      <span>
        predicted IoU <b>{ious}</b>
      </span>
    </button>
  );
}

function AdapterList({ object }: { object: TrackedObject }) {
  return (
    <ul className="adapters">
      {object.adapters.map((adapter) => (
        <li key={adapter.adapterId}>
          <i style={{ background: object.color }} />
          <span>
            {adapter.frameIndices.length === 0 && "from another object"}
            {adapter.frameIndices.length > 0 && `frame${adapter.frameIndices.length > 1 ? "s" : ""} ${adapter.frameIndices.join(", ")}`}
          </span>
          <b>
            {adapter.baselineIou.toFixed(2)} to {adapter.trainingIou.toFixed(2)}
          </b>
        </li>
      ))}
    </ul>
  );
}
