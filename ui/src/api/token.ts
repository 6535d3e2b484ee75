const KEY = "sam2-lit:token";

/** The server's token (`--auth-token`), kept for this tab only. */
export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

export function setToken(value: string): void {
  sessionStorage.setItem(KEY, value);
}

export function authorization(): Record<string, string> {
  const held = token();
  return held ? { Authorization: `Bearer ${held}` } : {};
}
