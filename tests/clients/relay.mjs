// relay-runtime with artifacts that relay-compiler wrote (see test_javascript_clients.py), on a network of fetch and
// graphql-ws.
import { createClient } from "graphql-ws";
import relay from "relay-runtime";
import WebSocket from "ws";
import { dataOf, GraphQLFailure, operationsOf } from "./operations.mjs";

const { commitMutation, Environment, fetchQuery, Network, Observable, RecordSource, requestSubscription, Store } = relay;

export default async function ({ url, artifacts, ...task }) {
  const artifact = async (name) => (await import(`${artifacts}/${name}.graphql.js`)).default;
  const socket = createClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
  const network = Network.create(
    async ({ text }, variables, _cache, uploadables) => {
      const response = await fetch(url, request(text, variables, uploadables));
      const result = await response.json();
      if (result.errors) throw new GraphQLFailure(result.errors);
      return result;
    },
    ({ text, name }, variables) =>
      Observable.create((sink) => socket.subscribe({ query: text, operationName: name, variables }, sink)),
  );
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  const run = async (operation, variables) => {
    if (operation.params.operationKind === "query") return fetchQuery(environment, operation, variables).toPromise();
    const { file, ...rest } = variables;
    return new Promise((resolve, reject) =>
      commitMutation(environment, {
        mutation: operation,
        variables: file ? { ...rest, file: null } : rest,
        uploadables: file ? { file } : undefined,
        onCompleted: (data, errors) => (errors ? reject(new GraphQLFailure(errors)) : resolve(data)),
        onError: reject,
      }),
    );
  };
  const follow = (operation, variables, onData) =>
    new Promise((resolve, reject) => {
      const { dispose } = requestSubscription(environment, {
        subscription: operation,
        variables,
        onNext: (data) => onData(data, () => setTimeout(() => resolve(dispose()))),
        onCompleted: resolve,
        onError: reject,
      });
    });
  const operations = {
    query: await artifact("relayModelQuery"),
    mutation: await artifact("relayNameMutation"),
    upload: await artifact("relayUploadMutation"),
    subscription: await artifact("relayPropagateSubscription"),
    error: await artifact("relayCandidatesQuery"),
    // relay-compiler refuses it first.
    refused: null,
  };
  const seen = await operationsOf({ run, follow, uploads: true }, task, operations);
  // A connection of Relay, whose artifact has the metadata for paging.
  const videos = await run(await artifact("relayVideosQuery"), { count: 1 });
  seen.connection = videos.videos.edges.map(({ node }) => node.path);
  await socket.dispose();
  return { Relay: seen };
}

function request(query, variables, uploadables) {
  if (!uploadables) {
    const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
    return { method: "POST", headers, body: JSON.stringify({ query, variables }) };
  }
  const body = new FormData();
  const names = Object.keys(uploadables);
  body.set("operations", JSON.stringify({ query, variables }));
  body.set("map", JSON.stringify(Object.fromEntries(names.map((name) => [name, [`variables.${name}`]]))));
  for (const name of names) body.set(name, uploadables[name]);
  return { method: "POST", headers: { accept: "application/graphql-response+json" }, body };
}
