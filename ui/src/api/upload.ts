import { clientName } from "./clientName";
import { ApiError, UNREACHABLE } from "./errors";
import type { TypedDocumentString } from "./generated/graphql";
import { authorization } from "./token";

interface Response<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export interface Upload<Data> {
  /** What the mutation returns. Rejects with an ApiError. */
  done: Promise<Data>;
  cancel: () => void;
}

/**
 * Runs a mutation with a file as its variable `file`, by the GraphQL multipart request specification. `onProgress` gets the
 * fraction sent, 0 to 1. By XMLHttpRequest, since fetch reports no upload progress.
 */
export function upload<Data, Variables extends { file: unknown }>(
  document: TypedDocumentString<Data, Variables>,
  variables: Omit<Variables, "file">,
  file: Blob,
  filename: string,
  onProgress: (fraction: number) => void,
): Upload<Data> {
  const request = new XMLHttpRequest();
  const done = new Promise<Data>((resolve, reject) => {
    const form = new FormData();
    form.append("operations", JSON.stringify({ query: document.toString(), variables: { ...variables, file: null } }));
    form.append("map", JSON.stringify({ 0: ["variables.file"] }));
    form.append("0", file, filename);
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    request.onerror = () => reject(new ApiError(UNREACHABLE, "The upload failed: the server cannot be reached or closed the connection."));
    request.onabort = () => reject(new ApiError("CANCELLED", "The upload was cancelled."));
    request.onload = () => {
      const { data, errors } = parse<Data>(request.responseText);
      const error = errors?.[0];
      if (data && !error) resolve(data);
      else reject(new ApiError(error?.extensions?.code ?? "INTERNAL", error?.message ?? `HTTP status ${request.status}`));
    };
    request.open("POST", "/graphql");
    for (const [name, value] of Object.entries({ "X-Client-Name": clientName, ...authorization() })) request.setRequestHeader(name, value);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

function parse<Data>(text: string): Response<Data> {
  try {
    return JSON.parse(text) as Response<Data>;
  } catch {
    return {};
  }
}
