import { type ReactNode, useState } from "react";

interface Props {
  children: ReactNode;
  /** Replaces the children until the second click. */
  question: string;
  title: string;
  className?: string;
  label?: string;
  onConfirm: () => void;
}

/** A button for what cannot be undone: the first click asks, the second one confirms, losing the focus cancels. */
export function ConfirmButton({ children, question, title, className = "", label, onConfirm }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <button
      data-keeps-focus
      className={`${className} ${asking ? "danger" : ""}`}
      title={title}
      aria-label={label}
      onBlur={() => setAsking(false)}
      onClick={(event) => {
        // A click on a row around the button selects the row.
        event.stopPropagation();
        setAsking(!asking);
        if (asking) onConfirm();
      }}
    >
      {asking ? question : children}
    </button>
  );
}
