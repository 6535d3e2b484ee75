/** A code of our own, beside those of the server's `extensions.code`. */
export const UNREACHABLE = "UNREACHABLE";

/** What a call was refused with: the server's code, and its message, which says what would be right. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The message as a sentence: the server's begin in lower case. */
export function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const sentence = /^[a-z]+\s/.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
  return sentence + (/[.!?]$/.test(message) ? "" : ".");
}
