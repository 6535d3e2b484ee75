import { ApiError, UNREACHABLE } from "./errors";
import { token } from "./token";

const QUERY = "mutation Upload($file: Upload!) { uploadVideo(file: $file) { path } }";

interface Answer {
  data?: { uploadVideo: { path: string } } | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export interface Upload {
  /** The path of the video, as startSession takes it. Rejects with an ApiError. */
  done: Promise<string>;
  cancel: () => void;
}

/** Sends a video by the GraphQL multipart request specification. `onProgress` hears of the share sent, 0 to 1. */
export function upload(file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    const form = new FormData();
    form.append("operations", JSON.stringify({ query: QUERY, variables: { file: null } }));
    form.append("map", JSON.stringify({ 0: ["variables.file"] }));
    form.append("0", file);
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    request.onerror = () => reject(new ApiError(UNREACHABLE, "The server broke the upload off or cannot be reached."));
    request.onabort = () => reject(new ApiError("CANCELLED", "The upload was cancelled."));
    request.onload = () => {
      const answer = read(request.responseText);
      const error = answer.errors?.[0];
      if (answer.data) resolve(answer.data.uploadVideo.path);
      else reject(new ApiError(error?.extensions?.code ?? "INTERNAL", error?.message ?? `HTTP status ${request.status}`));
    };
    request.open("POST", "/graphql");
    const held = token();
    if (held) request.setRequestHeader("Authorization", `Bearer ${held}`);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

function read(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}
