import type { Fetcher } from "@graphiql/toolkit";

/** The parts of the examples' responses that carry ids. */
interface Data {
  startSession?: { sessionId?: string };
  addCorrection?: { adapter?: { adapterId?: string } | null };
  trainLora?: { adapterId?: string };
}

/** Where a response carries the value of each placeholder. */
const sources: Record<string, (data: Data) => string | undefined> = {
  PASTE_SESSION_ID: (data) => data.startSession?.sessionId,
  PASTE_ADAPTER_ID: (data) => data.addCorrection?.adapter?.adapterId ?? data.trainLora?.adapterId,
};

/**
 * Wraps a fetcher so that a placeholder in the variables is replaced by the id in the last response that had one. Without
 * such a response it is sent as is, and the server reports that it knows no such session. Ids are stored in localStorage,
 * so that a second window can watch the training of a session that the first one started.
 */
export function fillingPlaceholders(fetcher: Fetcher): Fetcher {
  return async (params, options) => {
    const response = await fetcher({ ...params, variables: fill(params.variables) }, options);
    if ("data" in response && response.data) {
      store(response.data);
    }
    return response;
  };
}

function fill(variables: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables ?? {}).map(([name, value]) => [name, stored(value) ?? value]));
}

function stored(value: unknown): string | null {
  return typeof value === "string" && Object.hasOwn(sources, value) ? localStorage.getItem(storageKey(value)) : null;
}

function store(data: Data): void {
  for (const [placeholder, find] of Object.entries(sources)) {
    const id = find(data);
    if (typeof id === "string") {
      localStorage.setItem(storageKey(placeholder), id);
    }
  }
}

function storageKey(placeholder: string): string {
  return `sam2-lit:${placeholder}`;
}
