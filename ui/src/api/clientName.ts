/** What this tab calls itself, so that it knows its own changes among those of other clients. */
export const clientName = `page ${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
