import { type AnyVariables, Client, CombinedError, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import { onEnd, pipe, subscribe as listen } from "wonka";

import { clientName } from "./clientName";
import { ApiError, UNREACHABLE } from "./errors";
import type { TypedDocumentString } from "./generated/graphql";
import { authorization } from "./token";

const PING_INTERVAL = 10_000;
const PONG_TIMEOUT = 20_000;

type Listener = (connected: boolean) => void;
const listeners = new Set<Listener>();
let pongDue: ReturnType<typeof setTimeout> | undefined;
let reachable = true;
let leaving = false;
addEventListener("pagehide", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));

/** Calls the listener whenever the server is reached or found to be unreachable. */
export function onConnectionChange(listener: Listener): void {
  listeners.add(listener);
}

function report(connected: boolean): void {
  reachable = connected;
  for (const listener of listeners) listener(connected);
}

const socket = createClient({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
  connectionParams: () => ({ ...authorization(), clientName }),
  retryAttempts: Infinity,
  retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** retries, 5000))),
  keepAlive: PING_INTERVAL,
  on: {
    connected: () => report(true),
    closed: (event) => {
      clearTimeout(pongDue);
      // 1000 (normal closure) is our own: the last subscription ended.
      if ((event as CloseEvent).code !== 1000) report(false);
    },
    // Detects a connection that died silently, as after a laptop's sleep.
    ping: (received) => {
      if (received) return;
      clearTimeout(pongDue);
      pongDue = setTimeout(() => socket.terminate(), PONG_TIMEOUT);
    },
    pong: (received) => {
      if (received) clearTimeout(pongDue);
    },
  },
});

const client = new Client({
  url: "/graphql",
  preferGetMethod: false,
  requestPolicy: "network-only",
  // urql's default Accept also lists event streams, which a server may then prefer.
  // What is sent while the page is left outlives it, up to 64 KiB.
  fetchOptions: () => ({ keepalive: leaving, headers: { Accept: "application/graphql-response+json, application/json", "X-Client-Name": clientName, ...authorization() } }),
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query: request.query ?? "", variables: request.variables }, sink),
        }),
      }),
    }),
  ],
});

/** Runs a query or a mutation. Rejects with an ApiError. */
export async function call<Data, Variables extends AnyVariables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const text = document.toString();
  const isMutation = text.trimStart().startsWith("mutation");
  const wasReachable = reachable;
  const result = await client[isMutation ? "mutation" : "query"](text, variables).toPromise();
  if (result.error) throw asApiError(result.error, wasReachable);
  reachable = true;
  return result.data as Data;
}

/** Subscribes until the server ends the subscription, then calls `end`. The function returned unsubscribes without calling `end`. */
export function subscribe<Data, Variables extends AnyVariables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  next: (data: Data) => void,
  end: (error: ApiError | null) => void,
): () => void {
  let open = true;
  let failure: ApiError | null = null;
  const { unsubscribe } = pipe(
    client.subscription<Data>(document.toString(), variables),
    onEnd(() => {
      if (open) end(failure);
      open = false;
    }),
    listen((result) => {
      if (!open) return;
      if (result.error) failure = asApiError(result.error, reachable);
      else if (result.data) next(result.data);
    }),
  );
  return () => {
    open = false;
    unsubscribe();
  };
}

/** Whether the server answers on its health route. */
export async function isReachable(): Promise<boolean> {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

function asApiError(error: CombinedError, wasReachable: boolean): ApiError {
  const first = error.graphQLErrors[0];
  if (first) return new ApiError(String(first.extensions?.code ?? "INTERNAL"), first.message);
  const response = error.response as Response | undefined;
  if (response?.status === 401) return new ApiError("UNAUTHENTICATED", "The server asks for a token.");
  if (response?.ok) return new ApiError("INTERNAL", `The server's response is not valid GraphQL: ${error.message}`);
  report(false);
  const message = wasReachable
    ? "The connection was lost before the server answered. Once it is back, the page shows whether this was done."
    : "The server cannot be reached: this was not done.";
  return new ApiError(UNREACHABLE, message);
}
