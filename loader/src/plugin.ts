import type { Context } from "./context";
import type { EventType } from "./event";
import { isFunction, type Dictionary } from "./objects";

export const PLUGIN_TYPES = ["before", "enrichment", "destination", "after", "utility"] as const;
export type PluginType = (typeof PLUGIN_TYPES)[number];

export type Hook = (ctx: Context) => unknown;

/**
 * The remote plugin contract of analytics-next: what a bundle's factory returns. `Client` is what `load` is
 * given: our client or the official one.
 */
export interface Plugin<Client = never> extends Partial<Record<EventType, Hook>> {
  readonly name: string;
  readonly version: string;
  readonly type: PluginType;
  readonly alternativeNames?: readonly string[];
  isLoaded(): boolean;
  load(ctx: Context, client: Client): unknown;
  ready?(): unknown;
  unload?(ctx: Context, client: Client): unknown;
}

export type PluginFactory = (settings: Dictionary) => unknown;

const REQUIRED = ["load", "isLoaded", "name", "version", "type"] as const;

/** The plugins that a factory returned; throws, naming the fault, where one does not keep the contract. */
export function checkPlugins(returned: unknown): readonly Plugin[] {
  const plugins: unknown[] = [returned].flat();
  for (const plugin of plugins) {
    const missing = REQUIRED.find((field) => (plugin as Dictionary | null | undefined)?.[field] === undefined);
    if (missing) throw new Error(`the bundle's plugin has no ${missing}`);
  }
  return plugins as Plugin[];
}

/** Calls the plugin's method for this type of event, if it has one; a throw becomes a rejection. */
export async function callHook(plugin: Plugin, ctx: Context): Promise<unknown> {
  const hook: unknown = plugin[ctx.event.type];
  // Waits without a method too, so that an event which a plugin has none for does not overtake the one before it.
  return await (isFunction(hook) ? hook.call(plugin, ctx) : undefined);
}
