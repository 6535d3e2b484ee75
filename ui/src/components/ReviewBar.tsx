import { absentInReview, acceptInReview, endReview, nextInReview } from "../actions/review";
import { trackRange } from "../actions/tracking";
import { displayName } from "../store/selectors";
import { usePage } from "../store/store";

/** What can be done with the doubtful range that is looked at, and how far the review is. */
export function ReviewBar() {
  const review = usePage((state) => state.review);
  const objects = usePage((state) => state.objects);
  if (!review) return null;
  const { objectId, first, last, certainty } = review.ranges[review.current]!;
  const object = objects.find((each) => each.objectId === objectId);
  const percent = Math.round((100 * review.current) / review.ranges.length);
  return (
    <section className="review" aria-label="Review">
      <progress max={review.ranges.length} value={review.current} aria-label="Reviewed" />
      <b>{percent} %</b>
      <span>
        {object ? displayName(object) : "A removed object"}, {first === last ? `frame ${first}` : `frames ${first} to ${last}`}, confidence {certainty.toFixed(2)}
      </span>
      <button className="primary" title="The masks are right: confirm them (Enter)" onClick={() => void acceptInReview()}>
        Accept <kbd>Enter</kbd>
      </button>
      <button title="The object is not there on these frames (Shift A)" onClick={() => void absentInReview()}>
        Absent <kbd>Shift A</kbd>
      </button>
      <button title="After a correction on one of the frames: track them again" onClick={() => trackRange({ first, last }, false, [objectId])}>
        Track again
      </button>
      <button title="Leave the range as it is (D)" onClick={nextInReview}>
        Next <kbd>D</kbd>
      </button>
      <button className="plain" title="End the review (V)" onClick={endReview}>
        End
      </button>
    </section>
  );
}
