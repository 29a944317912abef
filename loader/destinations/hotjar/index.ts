import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { flat } from "../shared/flat";
import { FirstView } from "../shared/first-view";
import { textOf } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { hotjar, type Hj } from "./vendor";

const NAME_LIMIT = 250;

/** Hotjar takes letters, digits, blanks, _ - . : / and |, 250 at most (help.hotjar.com, "Events API"). */
export function eventName(name: string): string {
  return name.replace(/[^\w \-.:/|]+/g, "_").slice(0, NAME_LIMIT);
}

/** Hotjar: events by name, attributes of the visitor, and the page where a site changes it without loading one. */
export default function hotjarDestination(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const siteId = settings.required("hjid");
  const firstView = new FirstView();
  let hj: (() => Hj) | undefined;

  return destination("Hotjar", {
    load: async () => {
      const created = hotjar(siteId);
      hj = created.hj;
      firstView.start();
      await created.loaded;
    },
    track: ({ event = "" }) => {
      hj?.()("event", eventName(event));
    },
    page: (event) => {
      const page = (event.context?.page ?? {}) as Dictionary;
      if (!firstView.isThisOne(event)) hj?.()("stateChange", textOf(page.path) ?? location.pathname);
    },
    identify: ({ userId, traits = {} }) => {
      hj?.()("identify", userId ?? null, flat(traits));
    },
  });
}
