import { call } from "./api/client";
import { ExportAnnotations } from "./api/documents";
import { ApiError, UNREACHABLE } from "./api/errors";
import type { ExportFormat } from "./api/generated/graphql";
import { authorization } from "./api/token";
import { localUrl } from "./frames";
import { refused } from "./session";
import { masks, page, say, setPage } from "./store";

/** Has the server make a file of the masks, and saves it as the browser saves downloads. */
export async function exportAs(format: ExportFormat): Promise<void> {
  const { sessionId, objects, exporting } = page();
  if (exporting) return;
  setPage({ exporting: format });
  say("export", null);
  try {
    const colours = objects.map(({ objectId, colour }) => ({ objectId, colour }));
    const { exportAnnotations } = await call(ExportAnnotations, { input: { sessionId: sessionId!, format, colours } });
    await save(exportAnnotations.url, exportAnnotations.filename);
    say("export", `${exportAnnotations.filename} is saved (${inBytes(exportAnnotations.byteSize)}).`, "note");
  } catch (error) {
    refused("export", error);
  } finally {
    setPage({ exporting: null });
  }
}

/** Fetched rather than gone to, so that the server's token goes with it. */
async function save(url: string, filename: string): Promise<void> {
  let content: Blob;
  try {
    const response = await fetch(localUrl(url), { headers: authorization() });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    content = await response.blob();
  } catch (error) {
    throw new ApiError(UNREACHABLE, `${filename} was made, but fetching it broke off (${String(error)}); export it again.`);
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = filename;
  link.click();
  // The browser has begun to save it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function inBytes(size: number): string {
  return size < 2 ** 20 ? `${Math.ceil(size / 2 ** 10)} KiB` : `${(size / 2 ** 20).toFixed(1)} MiB`;
}

/** How many frames have a mask, and on how many of them one is stale. */
export function exported(): { annotated: number; stale: number } {
  const { objects } = page();
  const annotated = new Set(objects.flatMap(({ objectId }) => masks.framesOf(objectId)));
  const stale = new Set(objects.flatMap(({ objectId }) => masks.staleFrames(objectId)));
  return { annotated: annotated.size, stale: stale.size };
}
