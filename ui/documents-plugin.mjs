// A plugin of GraphQL Code Generator: the page's documents by their SHA-256, for `sam2-lit serve --persisted-only page`.
// Each is an operation with the fragments that it uses, as the page sends it.
import { createHash } from "node:crypto";
import { print, visit } from "graphql";

export function plugin(schema, files) {
  const definitions = files.flatMap(({ document }) => document.definitions);
  const fragments = new Map(definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment]));
  const texts = definitions.filter((each) => !isFragment(each)).map((operation) => textOf(operation, fragments));
  const byHash = texts.map((text) => [createHash("sha256").update(text).digest("hex"), text]);
  return JSON.stringify(Object.fromEntries(byHash), null, 2) + "\n";
}

function textOf(operation, fragments) {
  const used = new Set([operation]);
  for (const definition of used) {
    visit(definition, { FragmentSpread: (spread) => void used.add(fragments.get(spread.name.value)) });
  }
  return [...used].map(print).join("\n\n");
}

function isFragment(definition) {
  return definition.kind === "FragmentDefinition";
}
