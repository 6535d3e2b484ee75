import type { ReactNode } from "react";

/** A question mark that explains a word where it is used. */
export function Explain({ word, children }: { word: string; children: ReactNode }) {
  return (
    <details className="explain">
      <summary aria-label={`What is ${word}?`}>?</summary>
      <p>{children}</p>
    </details>
  );
}
