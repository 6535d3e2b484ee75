import { setPage, usePage } from "../store/store";
import { storeView } from "../store/view";

/** Whether a pixel belongs to one object only: in the picture, in exports, and in what is drawn. */
export function NoOverlap() {
  const noOverlap = usePage((state) => state.noOverlap);
  return (
    <label title="Where masks overlap, the pixel is shown and exported as the object's that is listed first. What you draw leaves out the other objects' masks.">
      <input
        type="checkbox"
        checked={noOverlap}
        onChange={(event) => {
          setPage({ noOverlap: event.target.checked });
          storeView({ noOverlap: event.target.checked });
        }}
      />
      No overlap between objects
    </label>
  );
}
