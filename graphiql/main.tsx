import "graphiql/setup-workers/vite";
// Not graphiql/style.css: it repeats Monaco's styles, which Monaco's own modules import.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { examples } from "./examples";
import { fillingPlaceholders } from "./placeholders";

// The page is served by its own endpoint. Subscriptions send the tab's headers in the connection_init payload of a
// graphql-transport-ws socket, so that one Authorization header serves both transports.
const endpoint = new URL(location.pathname, location.origin);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

const fetcher = fillingPlaceholders(
  createGraphiQLFetcher({ url: endpoint.href, subscriptionUrl: socket.href, enableIncrementalDelivery: false }),
);

createRoot(document.getElementById("graphiql")!).render(
  <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultEditorToolsVisibility="variables" isHeadersEditorEnabled>
    <GraphiQL.Logo>sam2-lit</GraphiQL.Logo>
  </GraphiQL>,
);
