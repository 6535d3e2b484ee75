import type { Fetcher } from "@graphiql/toolkit";

/** Where a response carries the value of each placeholder. */
const sources: Record<string, (data: any) => unknown> = {
  PASTE_SESSION_ID: (data) => data.startSession?.sessionId,
  PASTE_ADAPTER_ID: (data) => data.addCorrection?.adapter?.adapterId ?? data.trainLora?.adapterId,
};

/**
 * Wraps a fetcher so that a variable which still holds a placeholder goes out with the id that the last fitting
 * response carried. A placeholder without a known id goes out as it stands, and the server says that it knows no such
 * session. Ids are kept in localStorage: a second window can watch the training of a session that the first started.
 */
export function fillingPlaceholders(fetcher: Fetcher): Fetcher {
  return async (params, options) => {
    const response = await fetcher({ ...params, variables: fill(params.variables) }, options);
    if ("data" in response && response.data) {
      remember(response.data);
    }
    return response;
  };
}

function fill(variables: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables ?? {}).map(([name, value]) => [name, known(value) ?? value]));
}

function known(value: unknown): string | null {
  return typeof value === "string" && Object.hasOwn(sources, value) ? localStorage.getItem(storageKey(value)) : null;
}

function remember(data: unknown): void {
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
