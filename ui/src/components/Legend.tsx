import { DOUBT_STEPS } from "./timelineScale";
import { Menu } from "./Menu";

/** What the timeline's colors and marks mean. */
export function Legend() {
  return (
    <Menu label="Legend" title="What the timeline's colors and marks mean" button={<>Legend</>}>
      <ul className="legend">
        <li>
          <svg viewBox="0 0 12 12"><path className="prompted" d="M6 1l5 5-5 5-5-5z" /></svg> prompt
        </li>
        <li>
          <svg viewBox="0 0 12 12"><circle className="correction" cx="6" cy="6" r="4" /></svg> correction
        </li>
        <li>
          <svg viewBox="0 0 12 12"><rect className="adapter" x="0" y="4" width="12" height="4" /></svg> mask by an adapter
        </li>
        <li>
          <svg viewBox="0 0 12 12"><path className="suggested" d="M6 2l4 8H2z" /></svg> an adapter suggests a mask
        </li>
        <li>
          <svg viewBox="0 0 12 12"><rect className="confirmed" x="0" y="4" width="12" height="4" /></svg> confirmed: tracking leaves it
        </li>
        <li>
          <svg viewBox="0 0 12 12"><rect className="absent" x="0" y="5" width="12" height="2" /></svg> not there
        </li>
        <li>
          <svg viewBox="0 0 12 12"><rect className="stale" x="1" y="2" width="10" height="8" /></svg> stale: track again
        </li>
        <li className="scale">
          <span>Doubt, by the model's confidence (predicted IoU times the probability that the object is in view):</span>
          <DoubtScale numbers />
        </li>
      </ul>
    </Menu>
  );
}

/** The colors of doubt, from sure to in doubt. */
export function DoubtScale({ numbers = false }: { numbers?: boolean }) {
  return (
    <span className="doubts" title="The lower strip of each object: how sure the model is">
      {numbers ? "1" : "sure"}
      {DOUBT_STEPS.map((least, step) => (
        <span key={step}>
          <svg viewBox="0 0 12 8"><rect className="doubt" data-step={step} width="12" height="8" /></svg>
          {numbers && least}
        </span>
      ))}
      {numbers ? "" : "in doubt"}
    </span>
  );
}
