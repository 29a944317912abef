import { defineConfig } from "vitest/config";

const shared = {
  environment: "jsdom",
  environmentOptions: { jsdom: { url: "https://shop.example/cart?utm_source=mail#top" } },
  restoreMocks: true,
  unstubGlobals: true,
};

export default defineConfig({
  define: { __VERSION__: JSON.stringify("0.0.0-test"), __LAZY__: JSON.stringify(["early", ""]), __REST__: JSON.stringify(["rest", ""]) },
  test: {
    projects: [
      // Every test starts from a fresh page of its own (tests/harness.ts); a browser for every file would cost seconds.
      {
        extends: true,
        test: { ...shared, name: "own", include: ["tests/**/*.test.ts"], exclude: ["tests/real/**"], isolate: false },
      },
      // Other people's code leaves timers and listeners behind.
      { extends: true, test: { ...shared, name: "real", include: ["tests/real/**/*.test.ts"] } },
    ],
  },
});
