/** The page's own code for a server that does not answer, next to the server's `extensions.code`. */
export const UNREACHABLE = "UNREACHABLE";

/** A failed call: the server's error code and message. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The message as a sentence; the server's start in lower case. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const sentence = /^[a-z]+\s/.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
  return sentence + (/[.!?]$/.test(message) ? "" : ".");
}
