import { describe, expect, test, vi } from "vitest";
import { campaignOf, enrich } from "../src/enrich";
import type { AnalyticsEvent } from "../src/event";

function enriched(search: string, context: object = {}): AnalyticsEvent["context"] {
  const event: AnalyticsEvent = {
    type: "page",
    messageId: "m",
    timestamp: "",
    integrations: {},
    context: { page: { search }, ...context },
  };
  enrich(event, window);
  return event.context;
}

describe("the context of an event", () => {
  test("names the campaign of the page's address", () => {
    expect(campaignOf("?utm_source=a%20b&utm_campaign=x+y&utm_=no&other=1&utm_medium=%E0%A4%A")).toEqual({
      source: "a b",
      name: "x y",
      medium: "%E0%A4%A",
    });
  });

  test("keeps a campaign, a locale and a library that the page gave", () => {
    const given = { campaign: { name: "own" }, locale: "xx", library: { name: "own" } };
    expect(enriched("?utm_source=a", given)).toMatchObject(given);
  });

  test("tells the browser's own description where it has one", () => {
    Object.defineProperty(navigator, "userAgentData", {
      value: { toJSON: () => ({ mobile: false }) },
      configurable: true,
    });
    expect(enriched("").userAgentData).toEqual({ mobile: false });
    Reflect.deleteProperty(navigator, "userAgentData");
    expect(enriched("")).not.toHaveProperty("userAgentData");
  });

  test("asks no formatter for the time zone where the browser's clock tells it", () => {
    const formatter = vi.spyOn(Intl, "DateTimeFormat");
    vi.stubGlobal("Temporal", { Now: { timeZoneId: () => "Europe/Vienna" } });
    expect(enriched("").timezone).toBe("Europe/Vienna");
    expect(formatter).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  test("has the formatter's time zone where there is no such clock", () => {
    vi.stubGlobal("Temporal", undefined);
    expect(enriched("").timezone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    vi.unstubAllGlobals();
  });
});
