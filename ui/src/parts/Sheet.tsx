import { type ReactNode, useLayoutEffect, useRef } from "react";

import { type PageState, setPage, usePage } from "../store";
import { Icon } from "./Icon";

interface Props {
  name: NonNullable<PageState["sheet"]>;
  title: string;
  children: ReactNode;
}

/** A dialog over the page: it holds the focus until Escape or its button closes it. */
export function Sheet({ name, title, children }: Props) {
  const open = usePage((state) => state.sheet === name);
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const close = () => setPage(({ sheet }) => ({ sheet: sheet === name ? null : sheet }));
  return (
    <dialog
      ref={dialog}
      className={`sheet ${name}`}
      aria-label={title}
      // Said late by the browser: the dialog may be open again.
      onClose={() => open && !dialog.current?.open && close()}
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
