// Apollo Client: over HTTP with multipart subscriptions, over a WebSocket, and with automatic persisted queries.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { GraphQLFailure, operationsOf } from "./operations.mjs";

// GraphQLWsLink reads the global one, which Node.js has from version 22 on.
globalThis.WebSocket ??= WebSocket;

export default async function ({ url, ...task }) {
  const sent = [];
  const recording = (uri, options) => {
    sent.push(options.method === "GET" ? {} : JSON.parse(options.body));
    return fetch(uri, options);
  };
  const persisted = new PersistedQueryLink({ sha256: (text) => createHash("sha256").update(text).digest("hex") });
  const socket = createClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
  const seen = {
    "Apollo Client, HTTP": await operations(
      // Apollo's own link has no uploads, and the one with uploads no subscriptions.
      ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new HttpLink({ uri: url }),
        new UploadHttpLink({ uri: url }),
      ),
      task,
      true,
    ),
    "Apollo Client, WebSocket": await operations(new GraphQLWsLink(socket), task),
    "Apollo Client, persisted queries": await operations(
      ApolloLink.from([persisted, new HttpLink({ uri: url, fetch: recording })]),
      task,
    ),
  };
  await socket.dispose();
  // The last query was sent before: its hash was enough.
  seen["Apollo Client, persisted queries"].sentWithDocument = sent.map((body) => "query" in body);
  return seen;
}

async function operations(link, task, uploads = false) {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const failed = (error) => {
    throw CombinedGraphQLErrors.is(error) ? new GraphQLFailure(error.errors) : error;
  };
  const run = (operation, variables, { fresh = false } = {}) => {
    const document = gql(operation);
    const running = operation.startsWith("mutation")
      ? client.mutate({ mutation: document, variables })
      : client.query({ query: document, variables, fetchPolicy: fresh ? "network-only" : "cache-first" });
    return running.then(({ data }) => data, failed);
  };
  const follow = (operation, variables, onData) =>
    new Promise((resolve, reject) => {
      const subscription = client.subscribe({ query: gql(operation), variables }).subscribe({
        next: ({ data, error }) => {
          if (error) return reject(error);
          onData(data, () => setTimeout(() => resolve(subscription.unsubscribe())));
        },
        error: reject,
        complete: resolve,
      });
    });
  const seen = await operationsOf({ run, follow, uploads }, task);
  client.stop();
  return seen;
}
