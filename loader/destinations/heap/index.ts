import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { flat } from "../shared/flat";
import { defined } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { heapFor, type Heap } from "./vendor";

/** Heap's script, for accounts in the United States; others set `hostname` (developers.heap.io). */
const HOST = "cdn.us.heap-api.com";

/** Heap counts page views and clicks by itself; events and who the visitor is come from calls. */
export default function heapDestination(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const appId = settings.required("appId");
  let heap: (() => Heap) | undefined;

  return destination("Heap", {
    load: async (host) => {
      const config = defined({
        disableTextCapture: settings.flag("disableTextCapture", false),
        secureCookie: settings.flag("secureCookie", false),
        ingestServer: settings.text("ingestServer") || undefined,
      });
      const created = heapFor(appId, settings.text("hostname", HOST), config);
      heap = created.heap;
      const id = host.user().id();
      if (id) heap().identify(id);
      await created.loaded;
    },
    track: ({ event = "", properties = {} }) => {
      heap?.().track(event, flat(properties));
    },
    identify: ({ userId, traits = {} }) => {
      if (userId) heap?.().identify(userId);
      const properties = flat(traits);
      if (Object.keys(properties).length > 0) heap?.().addUserProperties(properties);
    },
  });
}
