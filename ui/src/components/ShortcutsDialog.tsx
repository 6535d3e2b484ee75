import { SHORTCUTS } from "../keyboard/shortcuts";
import { Dialog } from "./Dialog";

export function ShortcutsDialog() {
  return (
    <Dialog name="shortcuts" title="All keys">
      <div className="columns">
        {SHORTCUTS.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {shortcuts.map(({ shown, does }) => (
                <div key={does}>
                  <dt>
                    {shown.map((key, index) => (
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
    </Dialog>
  );
}
