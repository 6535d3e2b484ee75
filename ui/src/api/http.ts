import { authorization } from "./token";

/** Fetches a file of the server with the token, which links and img elements cannot send. Rejects with an Error. */
export async function fetchFile(url: string, signal?: AbortSignal): Promise<Blob> {
  const response = await fetch(samePath(url), { headers: authorization(), ...(signal && { signal }) });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return response.blob();
}

export async function fetchImage(url: string, signal?: AbortSignal): Promise<ImageBitmap> {
  return createImageBitmap(await fetchFile(url, signal));
}

/** The path on this page's own host: behind a proxy the server may know itself by another name. */
function samePath(url: string): string {
  return new URL(url, location.href).pathname;
}
