// graphql-ws and graphql-sse, the reference clients of the two protocols; they have the same interface.
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";
import { dataOf, GraphQLFailure, operationsOf } from "./operations.mjs";

export default async function ({ url, ...task }) {
  const ws = createWsClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
  return {
    "graphql-ws": await operations(ws, task),
    "graphql-sse": await operations(createSseClient({ url, retryAttempts: 0 }), task),
    "graphql-sse, single connection": await operations(
      createSseClient({ url, retryAttempts: 0, singleConnection: true }),
      task,
    ),
  };
}

async function operations(client, task) {
  const follow = async (query, variables, onData) => {
    let ended = false;
    for await (const result of client.iterate({ query, variables })) {
      onData(dataOf(result), () => (ended = true));
      if (ended) break;
    }
  };
  const run = async (query, variables) => {
    const found = [];
    try {
      await follow(query, variables, (data) => found.push(data));
    } catch (thrown) {
      // graphql-ws throws the errors of an operation that is refused as an array.
      if (Array.isArray(thrown)) throw new GraphQLFailure(thrown);
      // With a single connection, graphql-sse aborts the response that refuses an operation: only its status is left.
      throw thrown.response ? new Error(`status ${thrown.response.status}`) : thrown;
    }
    return found[0];
  };
  const seen = await operationsOf({ run, follow }, task, { refused: "{ model {" });
  await client.dispose();
  return seen;
}
