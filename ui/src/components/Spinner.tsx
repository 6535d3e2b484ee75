import { useEffect, useState } from "react";

import { usePage } from "../store/store";

/** Milliseconds that a call may take without a sign. */
const PATIENCE = 300;
const pointer = { x: 0, y: 0 };
addEventListener("pointermove", (event) => Object.assign(pointer, { x: event.clientX, y: event.clientY }), { passive: true });

/** Turns at the pointer while the server works on a prompt for longer than `PATIENCE`. */
export function Spinner() {
  const busy = usePage((state) => state.pending > 0);
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  useEffect(() => {
    if (!busy) return;
    const follow = () => setAt({ ...pointer });
    const timer = setTimeout(() => {
      follow();
      addEventListener("pointermove", follow, { passive: true });
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
      removeEventListener("pointermove", follow);
      setAt(null);
    };
  }, [busy]);
  if (!at) return null;
  return (
    <span className="spinner" role="status" style={{ left: at.x, top: at.y }}>
      <span className="unseen">The server is working</span>
    </span>
  );
}
