import { beforeEach, describe, expect, test, vi } from "vitest";
import { freshPage } from "../harness";
import { arrived, scripts } from "./harness";

let vendorScript: typeof import("../../destinations/shared/vendor-script").vendorScript;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ vendorScript } = await import("../../destinations/shared/vendor-script"));
});

describe("a vendor's script", () => {
  test("is inserted once, and everybody who asks for it waits for the same", async () => {
    const both = Promise.all([vendorScript("https://v.example/a.js"), vendorScript("https://v.example/a.js")]);
    expect(scripts()).toHaveLength(1);
    arrived();
    await both;
  });

  test("that is blocked is a failure that names its host", async () => {
    const loading = vendorScript("https://v.example/a.js");
    scripts()[0]?.onerror?.("error");
    await expect(loading).rejects.toThrow("v.example could not be reached, or is blocked");
  });

  test("that never answers is waited for until the deadline and no longer", async () => {
    vi.useFakeTimers();
    const done = vi.fn();
    void vendorScript("https://v.example/a.js").then(done);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  test("carries its hash where one is known, and the page's nonce", () => {
    const own = document.createElement("script");
    own.setAttribute("nonce", "n1");
    document.head.appendChild(own);
    void vendorScript("https://v.example/a.js", { integrity: "sha384-x" });
    expect(scripts()[1]).toMatchObject({ integrity: "sha384-x", crossOrigin: "anonymous", nonce: "n1" });
  });
});
