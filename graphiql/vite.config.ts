import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/graphiql/",
  build: {
    outDir: "../sam2_lit/static/graphiql",
    emptyOutDir: true,
    target: "es2023",
    // Monaco is one chunk of about 3 MB, which browsers cache for good.
    chunkSizeWarningLimit: 4000,
    // The licenses of the bundled libraries require that their notices are distributed with them.
    license: { fileName: "LICENSES.md" },
    rolldownOptions: {
      output: {
        // Separate from the page's own code, so that a new example changes the name of one small file only.
        codeSplitting: { groups: [{ name: "libraries", test: /node_modules\/(?!monaco-|prettier)/ }] },
      },
      onLog(level, log, report) {
        // "use client" and the like are for React's server renderer, which is not used here.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
  worker: { format: "es" },
});
