import { type ReactNode, useEffect, useRef, useState } from "react";

interface Props {
  label: string;
  title?: string;
  button: ReactNode;
  children: ReactNode;
}

/** A button that opens a small panel, closed by a click outside, Escape, or a choice in it. */
export function Menu({ label, title, button, children }: Props) {
  const [open, setOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const closeOutside = (event: PointerEvent) => whole.current?.contains(event.target as Node) || setOpen(false);
    const closeByKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      setOpen(false);
    };
    addEventListener("pointerdown", closeOutside);
    addEventListener("keydown", closeByKey, { capture: true });
    return () => {
      removeEventListener("pointerdown", closeOutside);
      removeEventListener("keydown", closeByKey, { capture: true });
    };
  }, [open]);
  return (
    <div className="menu" ref={whole}>
      <button aria-expanded={open} aria-label={label} title={title ?? label} onClick={() => setOpen(!open)}>
        {button}
      </button>
      {open && (
        <div className="choices" onClick={(event) => (event.target as Element).closest("button") && setOpen(false)}>
          {children}
        </div>
      )}
    </div>
  );
}
