import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { __VERSION__: JSON.stringify("0.0.0-test") },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "https://shop.example/cart?utm_source=mail#top" } },
    include: ["tests/**/*.test.ts"],
  },
});
