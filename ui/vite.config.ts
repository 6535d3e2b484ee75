import { defineConfig } from "vite";

// `npx vite` serves the source and proxies everything else to a running `sam2-lit serve`.
const server = "http://127.0.0.1:7263";

export default defineConfig({
  base: "/static/page/",
  server: { proxy: { "/graphql": { target: server, ws: true }, "/videos": server, "/healthz": server } },
  build: {
    outDir: "../sam2_lit/static/page",
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // The licenses of the bundled libraries require that their notices are distributed with them.
    license: { fileName: "LICENSES.md" },
    rolldownOptions: {
      output: {
        // Separate from the page's own code, which changes more often.
        codeSplitting: { groups: [{ name: "libraries", test: /node_modules/ }] },
      },
      onLog(level, log, report) {
        // "use client" and the like are for React's server renderer, which is not used here.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
