// Drives a running server with the clients that people use; prints what they saw as JSON.
// Arguments: the server's URL, a session with a prompt on frame 0.
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { serverAudits } from "graphql-http";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";

const [server, sessionId] = process.argv.slice(2);
const url = `${server}/graphql`;

const QUERY = "{ model { name } }";
const MUTATION = "mutation ($input: NameObjectInput!) { nameObject(input: $input) { objectId name } }";
const SUBSCRIPTION = "subscription ($input: PropagateInVideoInput!) { propagateInVideo(input: $input) { frameIndex } }";
const ERROR = "query ($id: String!) { loraCandidates(sessionId: $id, objectId: 1, frameIndex: 0) { adapterId } }";
const naming = (name) => ({ input: { sessionId, objectId: 1, name } });
const tracking = (maxFrames) => ({ input: { sessionId, startFrameIndex: 0, maxFrames } });
const code = (errors) => errors?.[0]?.extensions?.code;

// graphql-ws and graphql-sse have the same interface.
async function ofProtocol(client, name) {
  const results = async (query, variables) => {
    const found = [];
    for await (const result of client.iterate({ query, variables })) found.push(result);
    return found;
  };
  const errors = async (query, variables) => {
    try {
      return (await results(query, variables))[0].errors;
    } catch (thrown) {
      // With a single connection, graphql-sse aborts the response that refuses an operation: only its status is left.
      return thrown.response ? [{ message: `status ${thrown.response.status}` }] : thrown;
    }
  };
  const seen = {
    query: (await results(QUERY))[0].data,
    mutation: (await results(MUTATION, naming(name)))[0].data,
    subscription: (await results(SUBSCRIPTION, tracking(3))).map((each) => each.data.propagateInVideo.frameIndex),
    error: code(await errors(ERROR, { id: "gone" })),
    syntaxError: (await errors("{ model {"))[0].message,
  };
  for await (const result of client.iterate({ query: SUBSCRIPTION, variables: tracking(null) })) {
    seen.cancel = result.data.propagateInVideo.frameIndex;
    break;
  }
  // The same connection, or the next one, goes on.
  seen.afterCancel = (await results(QUERY))[0].data;
  await client.dispose();
  return seen;
}

async function urql(options, name) {
  const client = new Client({ url, preferGetMethod: false, ...options });
  const follow = (variables, until) =>
    new Promise((resolve, reject) => {
      const frames = [];
      const { unsubscribe } = client.subscription(SUBSCRIPTION, variables).subscribe((result) => {
        if (result.error) return reject(result.error);
        // Its fetch exchange repeats the last result at the end of a stream, with hasNext false.
        if (result.data && result.hasNext) frames.push(result.data.propagateInVideo.frameIndex);
        if (frames.length === until) setTimeout(() => resolve((unsubscribe(), frames)));
      });
    });
  const failed = await client.query(ERROR, { id: "gone" }).toPromise();
  return {
    query: (await client.query(QUERY, {}).toPromise()).data,
    mutation: (await client.mutation(MUTATION, naming(name)).toPromise()).data,
    error: code(failed.error.graphQLErrors),
    syntaxError: (await client.query("{ nothing }", {}).toPromise()).error.graphQLErrors[0].message,
    subscription: await follow(tracking(3), 4),
    cancel: (await follow(tracking(null), 1))[0],
    afterCancel: (await client.query(QUERY, {}, { requestPolicy: "network-only" }).toPromise()).data,
  };
}

const audits = [];
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  audits.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason });
}

const ws = () => createWsClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
const wsForUrql = ws();
const overWs = subscriptionExchange({
  forwardSubscription: (operation) => ({
    subscribe: (sink) => ({ unsubscribe: wsForUrql.subscribe(operation, sink) }),
  }),
});
const seen = {
  audits,
  "graphql-ws": await ofProtocol(ws(), "by ws"),
  "graphql-sse": await ofProtocol(createSseClient({ url, retryAttempts: 0 }), "by sse"),
  "graphql-sse, single connection": await ofProtocol(
    createSseClient({ url, retryAttempts: 0, singleConnection: true }),
    "by one sse",
  ),
  "urql, fetch": await urql({ exchanges: [fetchExchange], fetchSubscriptions: true }, "by urql"),
  "urql, ws": await urql({ exchanges: [overWs, fetchExchange] }, "by urql and ws"),
};
await wsForUrql.dispose();
console.log(JSON.stringify(seen));
