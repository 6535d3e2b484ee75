import { call, subscribe } from "../api/client";
import { CancelExport, ExportAnnotations, Exporting } from "../api/documents";
import { ApiError, UNREACHABLE } from "../api/errors";
import type { ExportFormat } from "../api/generated/graphql";
import { fetchFile } from "../api/http";
import { clearNotice, notify, reportError } from "../store/notices";
import { getPage, setPage } from "../store/store";

/** What of the session is exported; `objectIds` null is every object. */
export interface ExportSelection {
  objectIds: number[] | null;
  startFrameIndex: number;
  endFrameIndex: number;
  includePictures: boolean;
}

/** Exports the session's masks and downloads the file. */
export async function exportAs(
  format: ExportFormat,
  selection: ExportSelection,
  onProgress: (part: number) => void,
): Promise<void> {
  const { sessionId, objects, exporting, noOverlap } = getPage();
  if (exporting) return;
  setPage({ exporting: format });
  clearNotice("export");
  const unsubscribe = subscribe(
    Exporting,
    { sessionId: sessionId! },
    ({ exportProgress: { completed, total } }) => onProgress(completed / Math.max(total, 1)),
    () => {},
  );
  try {
    const colors = objects.map(({ objectId, color }) => ({ objectId, color }));
    const { exportAnnotations } = await call(ExportAnnotations, { input: { sessionId: sessionId!, format, colors, noOverlap, ...selection } });
    await download(exportAnnotations.url, exportAnnotations.filename);
    const saved = `${exportAnnotations.filename} is saved (${formatBytes(exportAnnotations.byteSize)}).`;
    notify("export", [saved, ...exportAnnotations.losses].join(" Lost: "), "note");
  } catch (error) {
    reportError("export", error);
  } finally {
    unsubscribe();
    setPage({ exporting: null });
  }
}

export async function cancelExport(): Promise<void> {
  const { sessionId } = getPage();
  if (sessionId) await call(CancelExport, { sessionId }).catch((error: unknown) => reportError("export", error));
}

const DOWNLOAD_STARTED = 60_000;

async function download(url: string, filename: string): Promise<void> {
  let content: Blob;
  try {
    content = await fetchFile(url);
  } catch (error) {
    throw new ApiError(UNREACHABLE, `${filename} was exported, but the download failed (${String(error)}); export it again.`);
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = filename;
  link.click();
  // No event says when the browser has read the object URL.
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_STARTED);
}

function formatBytes(size: number): string {
  return size < 2 ** 20 ? `${Math.ceil(size / 2 ** 10)} KiB` : `${(size / 2 ** 20).toFixed(1)} MiB`;
}
