// urql: with its fetch exchange, which also streams subscriptions, and with subscriptions over a WebSocket.
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { GraphQLFailure, operationsOf } from "./operations.mjs";

export default async function ({ url, ...task }) {
  const socket = createClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
  const overWs = subscriptionExchange({
    forwardSubscription: (operation) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe(operation, sink) }),
    }),
  });
  const seen = {
    "urql, fetch": await operations({ url, exchanges: [fetchExchange], fetchSubscriptions: true }, task),
    "urql, WebSocket": await operations({ url, exchanges: [overWs, fetchExchange] }, task),
  };
  await socket.dispose();
  return seen;
}

async function operations(options, task) {
  const client = new Client({ preferGetMethod: false, ...options });
  const run = async (operation, variables, { fresh = false } = {}) => {
    const requestPolicy = fresh ? "network-only" : "cache-first";
    const source = operation.startsWith("mutation")
      ? client.mutation(operation, variables)
      : client.query(operation, variables, { requestPolicy });
    const { data, error } = await source.toPromise();
    if (error) throw error.graphQLErrors?.length ? new GraphQLFailure(error.graphQLErrors) : error;
    return data;
  };
  const follow = (operation, variables, onData) =>
    new Promise((resolve, reject) => {
      let last;
      const { unsubscribe } = client.subscription(operation, variables).subscribe(({ data, error, hasNext }) => {
        if (error) return reject(error);
        // The fetch exchange repeats the last result at the end of a stream.
        if (data !== last) onData((last = data), () => setTimeout(() => resolve(unsubscribe())));
        if (!hasNext) resolve();
      });
    });
  return operationsOf({ run, follow, uploads: true }, task);
}
