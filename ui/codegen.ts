import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../sam2_lit/schema/schema.graphql",
  documents: "src/api/documents.ts",
  generates: {
    "src/api/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { Upload: "File", DateTime: "string" },
      },
    },
    "src/api/generated/documents.json": { plugins: ["./documents-plugin.mjs"] },
  },
};

export default config;
