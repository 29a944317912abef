import type { Context } from "../../src/context";
import type { EventType } from "../../src/event";
import type { Plugin } from "../../src/plugin";
import type { Identity } from "../../src/identity";
import { VERSION } from "../../src/version";
import type { AnalyticsEvent } from "./message";

/** What a destination may ask of the client that loads it: ours or the official one. */
export interface Host {
  user(): Pick<Identity, "id" | "anonymousId" | "traits">;
}

/** The code of one destination: `load` makes its vendor ready, each other method takes one type of event. */
export interface Code extends Partial<Record<EventType, (event: AnalyticsEvent) => unknown>> {
  load(host: Host): Promise<unknown>;
}

const TYPES = ["track", "page", "identify", "group", "alias", "screen"] as const;

/** Wraps a destination's code into the remote plugin contract (analytics-next plugins/remote-loader). */
export function destination(name: string, code: Code): Plugin<Host> {
  let loaded = false;
  const plugin: Plugin<Host> = {
    name,
    version: VERSION,
    type: "destination",
    isLoaded: () => loaded,
    load: async (_ctx: Context, host: Host) => {
      await code.load(host);
      loaded = true;
    },
  };
  for (const type of TYPES) {
    const take = code[type];
    if (!take) continue;
    plugin[type] = async (ctx: Context) => {
      await take(ctx.event);
      return ctx;
    };
  }
  return plugin;
}
