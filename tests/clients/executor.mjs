// @graphql-tools/executor-http, as GraphQL Yoga, Mesh and stitching gateways use it; subscriptions by event streams.
import { buildHTTPExecutor } from "@graphql-tools/executor-http";
import { parse } from "graphql";
import { dataOf, operationsOf } from "./operations.mjs";

export default async function ({ url, ...task }) {
  const execute = buildHTTPExecutor({ endpoint: url });
  const run = async (operation, variables) => dataOf(await execute({ document: parse(operation), variables }));
  const follow = async (operation, variables, onData) => {
    const results = await execute({ document: parse(operation), variables });
    let ended = false;
    for await (const result of results) {
      onData(dataOf(result), () => (ended = true));
      if (ended) break;
    }
  };
  return { "@graphql-tools/executor-http": await operationsOf({ run, follow, uploads: true }, task) };
}
