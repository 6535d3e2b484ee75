import { Upload as UploadDocument } from "./documents";
import { ApiError, UNREACHABLE } from "./errors";
import { authorization } from "./token";

interface Response {
  data?: { uploadVideo: { path: string } } | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export interface Upload {
  /** The path of the video, as startSession takes it. Rejects with an ApiError. */
  done: Promise<string>;
  cancel: () => void;
}

/**
 * Uploads a video by the GraphQL multipart request specification. `onProgress` gets the fraction sent, 0 to 1.
 * By XMLHttpRequest, since fetch reports no upload progress.
 */
export function upload(file: File, onProgress: (fraction: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    const form = new FormData();
    form.append("operations", JSON.stringify({ query: UploadDocument.toString(), variables: { file: null } }));
    form.append("map", JSON.stringify({ 0: ["variables.file"] }));
    form.append("0", file);
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    request.onerror = () => reject(new ApiError(UNREACHABLE, "The upload failed: the server cannot be reached or closed the connection."));
    request.onabort = () => reject(new ApiError("CANCELLED", "The upload was cancelled."));
    request.onload = () => {
      const { data, errors } = parse(request.responseText);
      const error = errors?.[0];
      if (data) resolve(data.uploadVideo.path);
      else reject(new ApiError(error?.extensions?.code ?? "INTERNAL", error?.message ?? `HTTP status ${request.status}`));
    };
    request.open("POST", "/graphql");
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

function parse(text: string): Response {
  try {
    return JSON.parse(text) as Response;
  } catch {
    return {};
  }
}
