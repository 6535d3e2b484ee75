import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/graphiql/",
  build: {
    outDir: "../sam2_lit/static/graphiql",
    emptyOutDir: true,
    target: "es2023",
    // Monaco is one chunk of about 3 MB, loaded once and cached for good: nothing to be warned of on every build.
    chunkSizeWarningLimit: 4000,
    // The licences of what is bundled ask for their notices to travel with it.
    license: { fileName: "LICENSES.md" },
    rolldownOptions: {
      output: {
        // Apart from the page's own code: a new example then renames one small file, not every one that imports it.
        codeSplitting: { groups: [{ name: "libraries", test: /node_modules\/(?!monaco-|prettier)/ }] },
      },
      onLog(level, log, report) {
        // "use client" and the like speak to React's server renderer, which this page has none of.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
  worker: { format: "es" },
});
