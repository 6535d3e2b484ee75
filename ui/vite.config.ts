import { defineConfig } from "vite";

// `npx vite` serves the source and asks a running `sam2-lit serve` for everything else.
const server = "http://127.0.0.1:7263";

export default defineConfig({
  base: "/static/page/",
  server: { proxy: { "/graphql": { target: server, ws: true }, "/videos": server, "/healthz": server } },
  build: {
    outDir: "../sam2_lit/static/page",
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // The licences of what is bundled ask for their notices to travel with it.
    license: { fileName: "LICENSES.md" },
    rolldownOptions: {
      output: {
        // Apart from the page's own code, which changes more often.
        codeSplitting: { groups: [{ name: "libraries", test: /node_modules/ }] },
      },
      onLog(level, log, report) {
        // "use client" and the like speak to React's server renderer, which this page has none of.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
