import { Upload as UploadVideo } from "../api/documents";
import type { UploadMutation } from "../api/generated/graphql";
import { type Upload, upload } from "../api/upload";
import { clearNotice, reportError } from "../store/notices";
import { openVideo } from "./session";

let current: Upload<UploadMutation> | null = null;

/** Uploads a video and opens it. `onProgress` gets the fraction sent, and null at the end. */
export async function uploadVideo(file: File, onProgress: (fraction: number | null) => void): Promise<void> {
  clearNotice("start");
  current?.cancel();
  onProgress(0);
  const own = (current = upload(UploadVideo, {}, file, file.name, onProgress));
  try {
    const { uploadVideo } = await own.done;
    if (current === own) openVideo(uploadVideo.path);
  } catch (error) {
    reportError("start", error);
  } finally {
    if (current === own) {
      current = null;
      onProgress(null);
    }
  }
}

export function cancelUpload(): void {
  current?.cancel();
}
