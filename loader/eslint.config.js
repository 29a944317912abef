import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["node_modules/"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      globals: { console: "readonly" },
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    // A number in a text is what it looks like; `String()` around each costs every page its bytes.
    rules: { "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }] },
    linterOptions: { reportUnusedDisableDirectives: "error" },
  },
);
