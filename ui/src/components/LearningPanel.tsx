import { acceptCandidate } from "../actions/prompts";
import { removeAdapters, setLoraMode } from "../actions/training";
import type { LoraMode } from "../api/generated/graphql";
import { setPage, usePage } from "../store/store";
import type { Candidate, TrackedObject, TrainingRun } from "../store/types";
import { ConfirmButton } from "./ConfirmButton";
import { NoticeLine } from "./NoticeLine";

const MODES: { mode: LoraMode; label: string; means: string }[] = [
  { mode: "OFF", label: "Off", means: "Corrections train nothing; the model tracks alone." },
  { mode: "SUGGEST", label: "Suggest", means: "Corrections train adapters; you choose among their masks." },
  { mode: "AUTO", label: "Auto", means: "Near a correction, an adapter's mask is used where its shape is more like the frame before's." },
];

export function LearningPanel() {
  const mode = usePage((state) => state.loraMode);
  const corrected = usePage((state) => state.corrected.size);
  const accepted = usePage((state) => state.accepted.size);
  const objects = usePage((state) => state.objects);
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
      <dl className="counts">
        <Count name="Corrections made" value={corrected} />
        <Count name="Corrections saved" value={accepted} title="Frames corrected by accepting a candidate" />
        <Count name="Adapters" value={adapters} />
      </dl>
      <NoticeLine place="learn" />
      <Run />
      <Candidates />
      {adapters > 0 && (
        <section>
          <h3>
            Adapters
            <ConfirmButton className="plain" question="Forget them?" title="Delete every adapter; masks stay" onConfirm={() => void removeAdapters()}>
              Forget
            </ConfirmButton>
          </h3>
          {objects.filter((each) => each.adapters.length).map((each) => (
            <AdapterList key={each.objectId} object={each} />
          ))}
        </section>
      )}
    </aside>
  );
}

function Count({ name, value, title }: { name: string; value: number; title?: string }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd data-count={name}>{value}</dd>
    </div>
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
        <p className="gain">
          IoU <b data-iou="before">{run.adapter.baselineIou.toFixed(2)}</b> → <b data-iou="after">{run.adapter.trainingIou.toFixed(2)}</b>
          <small>{run.adapter.steps === 1 ? "1 step" : `${run.adapter.steps} steps`}</small>
        </p>
      ) : (
        <p className="gain">
          IoU <b>{run.ious.at(-1)?.toFixed(2) ?? "…"}</b>
        </p>
      )}
    </section>
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
        Candidates <small>point at one to compare it</small>
      </h3>
      {candidates.map((candidate, index) => (
        <CandidateButton key={candidate.adapterId} candidate={candidate} number={index + 1} hovered={hovered === candidate.adapterId} />
      ))}
    </section>
  );
}

function CandidateButton({ candidate, number, hovered }: { candidate: Candidate; number: number; hovered: boolean }) {
  const compare = (hovered: string | null) => () => setPage({ hovered });
  return (
    <button
      className="candidate"
      data-hovered={hovered}
      onPointerEnter={compare(candidate.adapterId)}
      onPointerLeave={compare(null)}
      onFocus={compare(candidate.adapterId)}
      onBlur={compare(null)}
      onClick={() => void acceptCandidate(candidate)}
      aria-label={`Accept candidate ${number}, predicted IoU ${candidate.predictedIou.toFixed(2)}`}
    >
      <kbd>{number}</kbd>
      <span>
        predicted IoU <b>{candidate.predictedIou.toFixed(2)}</b>
      </span>
      <small title="IoU with the mask shown">{Math.round(candidate.agreement * 100)} % overlap</small>
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
            frame{adapter.frameIndices.length > 1 ? "s" : ""} {adapter.frameIndices.join(", ")}
          </span>
          <b>
            {adapter.baselineIou.toFixed(2)} → {adapter.trainingIou.toFixed(2)}
          </b>
        </li>
      ))}
    </ul>
  );
}
