import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { claim } from "../shared/only-one";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { eventName, eventParameters, person } from "./events";
import { snap, type Snaptr } from "./vendor";

/** Snap Pixel. Its calls name no pixel, each goes to all that a page has started: hence one pixel per page. */
export default function snapPixel(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const pixelId = settings.required("pixelId");
  const matching = settings.flag("advancedMatching", false);
  let snaptr: Snaptr | undefined;

  const init = (traits: Dictionary): void => {
    const known = matching ? person(traits) : {};
    snaptr?.("init", pixelId, ...(Object.keys(known).length > 0 ? [known] : []));
  };

  return destination("Snap Pixel", {
    load: async (host) => {
      claim("Snap Pixel", pixelId);
      const created = snap();
      snaptr = created.snaptr;
      init(host.user().traits());
      await created.loaded;
    },
    page: ({ messageId }) => {
      snaptr?.("track", "PAGE_VIEW", eventParameters({}, messageId));
    },
    track: ({ event = "", properties = {}, messageId }) => {
      const name = eventName(event, settings);
      if (name !== undefined) snaptr?.("track", name, eventParameters(properties, messageId));
    },
    // What is known of a visitor later is told by starting the pixel again.
    identify: ({ traits = {} }) => {
      if (Object.keys(person(traits)).length > 0 && matching) init(traits);
    },
  });
}
