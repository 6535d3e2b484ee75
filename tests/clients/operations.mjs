// What every client does, and how each result is read from what the client gave.
import { openAsBlob } from "node:fs";
import { basename } from "node:path";

export const QUERY = "query ModelName { model { name } }";
export const MUTATION =
  "mutation Name($input: NameObjectInput!) { nameObject(input: $input) { objectId name } }";
export const UPLOAD = "mutation Upload($file: Upload!) { uploadVideo(file: $file) { path frameCount } }";
export const SUBSCRIPTION =
  "subscription Propagate($input: PropagateInVideoInput!) { propagateInVideo(input: $input) { frameIndex } }";
export const ERROR =
  "query Candidates($id: String!) { loraCandidates(sessionId: $id, objectId: 1, frameIndex: 0) { adapterId } }";

export const REFUSED = "query Nothing { nothing }";

export const naming = (sessionId, name) => ({ input: { sessionId, objectId: 1, name } });
export const tracking = (sessionId, maxFrames) => ({ input: { sessionId, startFrameIndex: 0, maxFrames } });
export const code = (errors) => errors?.[0]?.extensions?.code;

export async function fileOf(path) {
  return new File([await openAsBlob(path)], basename(path), { type: "video/mp4" });
}

/**
 * Runs the operations of one client.
 *
 * - client.run(operation, variables): the data of a query or mutation; throws or rejects with `graphQLErrors`.
 * - client.follow(operation, variables, onData): resolves when the subscription is complete; `onData(data, end)` may
 *   call `end` to cancel, after which it resolves too.
 * - client.uploads: whether files can be variables.
 */
export async function operationsOf(client, { sessionId, video, name }, operations = {}) {
  const { query = QUERY, mutation = MUTATION, upload = UPLOAD, subscription = SUBSCRIPTION, error = ERROR } = operations;
  const { refused = REFUSED } = operations;
  const seen = {};
  seen.query = await client.run(query, {});
  seen.mutation = await client.run(mutation, naming(sessionId, name));
  if (client.uploads) seen.upload = await client.run(upload, { file: await fileOf(video) });
  seen.error = await client.run(error, { id: "gone" }).then(
    (data) => ({ data }),
    (thrown) => code(thrown.graphQLErrors) ?? String(thrown.stack ?? thrown),
  );
  if (refused) {
    seen.refused = await client.run(refused, {}).then(
      (data) => ({ data }),
      (thrown) => thrown.graphQLErrors?.[0]?.message ?? String(thrown),
    );
  }
  seen.subscription = [];
  await client.follow(subscription, tracking(sessionId, 3), (data) => seen.subscription.push(data.propagateInVideo.frameIndex));
  seen.cancel = [];
  await client.follow(subscription, tracking(sessionId, null), (data, end) => {
    if (seen.cancel.push(data.propagateInVideo.frameIndex) === 1) end();
  });
  // The same connection, or the next one, goes on.
  seen.afterCancel = await client.run(query, {}, { fresh: true });
  return seen;
}

export class GraphQLFailure extends Error {
  constructor(graphQLErrors) {
    super(graphQLErrors?.[0]?.message ?? "no data");
    this.graphQLErrors = graphQLErrors;
  }
}

/** The data of a GraphQL result. */
export function dataOf({ data, errors }) {
  if (errors?.length || !data) throw new GraphQLFailure(errors);
  return data;
}
