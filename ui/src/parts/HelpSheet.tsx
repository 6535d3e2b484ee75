import { useEffect, useRef } from "react";

import { KEYS } from "../keys";
import { setPage, usePage } from "../store";
import { Icon } from "./Icon";

export function HelpSheet() {
  const open = usePage((state) => state.helping);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="help" aria-label="All keys" onClose={() => setPage({ helping: false })}>
      <header>
        <h2>All keys</h2>
        <button className="plain" aria-label="Close" onClick={() => setPage({ helping: false })}>
          <Icon name="close" />
        </button>
      </header>
      <div>
        {KEYS.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(({ keys, does }) => (
                <div key={does}>
                  <dt>
                    {keys.map((key, index) => (
                      <kbd key={index}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
