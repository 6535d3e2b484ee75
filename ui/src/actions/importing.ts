import { call, subscribe } from "../api/client";
import { ImportAnnotations, Importing, SessionState } from "../api/documents";
import { ApiError } from "../api/errors";
import type { ImportAnnotationsInput, ImportAnnotationsMutation } from "../api/generated/graphql";
import { type Upload, upload } from "../api/upload";
import { zipFolder } from "../api/zip";
import { clearNotice, notify, reportError } from "../store/notices";
import { loadSaved } from "../store/savedSession";
import { getPage, setPage } from "../store/store";
import { loadMasks } from "./loadingMasks";
import { ensureSession } from "./newSession";
import { objectsOf } from "./objects";

export type Plan = ImportAnnotationsMutation["importAnnotations"];
export type Options = Omit<ImportAnnotationsInput, "sessionId">;

let current: Upload<ImportAnnotationsMutation> | null = null;

/**
 * Sends a file of masks, or a folder, and returns what importing it changes, or has changed; null where that failed.
 * `onProgress` gets the part that is done, 0 to 1: of the upload first, then of the reading.
 */
export async function importMasks(files: File[], options: Options, onProgress: (part: number) => void): Promise<Plan | null> {
  clearNotice("import");
  current?.cancel();
  let unsubscribe = () => {};
  try {
    const sessionId = await ensureSession();
    unsubscribe = subscribe(
      Importing,
      { sessionId },
      ({ importProgress: { completed, total } }) => onProgress(total ? completed / total : 0),
      () => {},
    );
    const [file] = files;
    if (!file) return null;
    const isFolder = files.length > 1 || file.webkitRelativePath !== "";
    const content = isFolder ? await zipFolder(files) : file;
    const name = isFolder ? `${file.webkitRelativePath.split("/")[0]}.zip` : file.name;
    const own = (current = upload(ImportAnnotations, { input: { sessionId, ...options } }, content, name, onProgress));
    const { importAnnotations } = await own.done;
    if (importAnnotations.applied) await showImported(sessionId, importAnnotations);
    return importAnnotations;
  } catch (error) {
    if (error instanceof ApiError) reportError("import", error);
    else notify("import", `The folder cannot be read (${String(error)}).`);
    return null;
  } finally {
    current = null;
    unsubscribe();
  }
}

export function cancelImport(): void {
  current?.cancel();
}

async function showImported(sessionId: string, { maskCount }: Plan): Promise<void> {
  const { session } = await call(SessionState, { sessionId });
  const { video, objects } = getPage();
  if (!session || !video) return;
  const saved = loadSaved(sessionId);
  const colors = { ...saved.colors, ...Object.fromEntries(objects.map(({ objectId, color }) => [objectId, color])) };
  const hidden = objects.filter((each) => each.hidden).map(({ objectId }) => objectId);
  setPage((state) => {
    const shown = objectsOf(session, colors, hidden);
    return { objects: shown, selected: state.selected ?? shown[0]?.objectId ?? null };
  });
  await loadMasks(sessionId, video.frameCount);
  notify("import", `${maskCount} mask${maskCount === 1 ? " is" : "s are"} imported.`, "note");
}
