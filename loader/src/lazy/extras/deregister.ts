import { PLUGIN_TYPES } from "../../plugin";
import type { Context } from "../../context";
import type { Call } from "./method";

/** deregister(...names): takes destinations, by creation name, and the page's own plugins off the page. */
export async function deregister({ client, dispatcher, args }: Call): Promise<Context> {
  const ctx = dispatcher.blank();
  for (const name of args) {
    const found = dispatcher.destinations.filter(({ about }) => about.creationName === name);
    if (found.length === 0) ctx.log("warn", `plugin ${String(name)} not found`);
    for (const one of found) {
      try {
        for (const plugin of one.ofType(...PLUGIN_TYPES)) await plugin.unload?.(ctx, client as never);
        dispatcher.destinations.splice(dispatcher.destinations.indexOf(one), 1);
      } catch (error) {
        ctx.log("warn", "Failed to unload destination", { plugin: name, error });
      }
    }
  }
  return ctx;
}
