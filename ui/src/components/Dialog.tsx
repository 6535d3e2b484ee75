import { type ReactNode, useLayoutEffect, useRef } from "react";

import { setPage, usePage } from "../store/store";
import type { PageState } from "../store/types";
import { Icon } from "./Icon";

interface Props {
  name: NonNullable<PageState["dialog"]>;
  title: string;
  children: ReactNode;
}

/** A modal dialog, closed by Escape, its button or a click outside. */
export function Dialog({ name, title, children }: Props) {
  const open = usePage((state) => state.dialog === name);
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (open) element.current?.showModal();
    else element.current?.close();
  }, [open]);
  const close = () => setPage(({ dialog }) => ({ dialog: dialog === name ? null : dialog }));
  return (
    <dialog
      ref={element}
      className={`dialog ${name}`}
      aria-label={title}
      // The event comes late: by then the dialog may be open again.
      onClose={() => open && !element.current?.open && close()}
      onClick={(event) => event.target === event.currentTarget && close()}
    >
      <header>
        <h2>{title}</h2>
        <button className="plain" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {open && children}
    </dialog>
  );
}
