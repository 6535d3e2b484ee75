import type { ComponentProps } from "react";
import type { GraphiQL } from "graphiql";

type Tabs = NonNullable<ComponentProps<typeof GraphiQL>["defaultTabs"]>;

const operations = import.meta.glob<string>("./examples/*.graphql", { query: "?raw", import: "default", eager: true });
const variables = import.meta.glob<string>("./examples/*.json", { query: "?raw", import: "default", eager: true });

/** One tab for each .graphql file of examples/, in the order of their numbers, with the variables from the .json of the same name. */
export const examples: Tabs = Object.keys(operations)
  .sort()
  .map((path) => ({
    query: operations[path]!.trimEnd(),
    variables: variables[path.replace(/\.graphql$/, ".json")]?.trimEnd(),
  }));
