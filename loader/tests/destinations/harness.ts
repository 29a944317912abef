import type { Host } from "../../destinations/shared/plugin";
import { Context } from "../../src/context";
import type { AnalyticsEvent, EventType } from "../../src/event";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";

/** The visitor whom a destination finds when it loads. */
export function host({
  id = null,
  anonymousId = "anon-1",
  traits = {},
}: { id?: string | null; anonymousId?: string; traits?: Dictionary } = {}): Host {
  return { user: () => ({ id: () => id, anonymousId: () => anonymousId, traits: () => traits }) };
}

/** Gives a plugin one event, as a client does. */
export async function give(plugin: Plugin<Host>, type: EventType, fields: Dictionary = {}): Promise<void> {
  const event = {
    type,
    messageId: "m-1",
    timestamp: new Date(0),
    anonymousId: "anon-1",
    context: {},
    integrations: {},
    ...fields,
  } as AnalyticsEvent;
  const hook = plugin[type];
  if (!hook) throw new Error(`the plugin takes no ${type}`);
  await hook(new Context(event, "ctx-1", () => 0));
}

/** The scripts that vendors' code was asked for, in order. */
export function scripts(): HTMLScriptElement[] {
  return [...document.head.querySelectorAll("script")];
}

/** Lets every vendor script arrive. */
export function arrived(): void {
  for (const script of scripts()) script.onload?.(new Event("load"));
}

/** Loads a plugin whose vendor's script arrives at once. */
export async function loaded(plugin: Plugin<Host>, visitor: Host = host()): Promise<Plugin<Host>> {
  const loading = plugin.load(
    new Context({ type: "track", messageId: "", timestamp: "", context: {}, integrations: {} }, "system", () => 0),
    visitor,
  );
  await Promise.resolve();
  arrived();
  await loading;
  return plugin;
}
