import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { FirstView } from "../shared/first-view";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { eventName, eventParameters, person } from "./events";
import { createPixel, type Pixel } from "./vendor";

/** TikTok Pixel; every call names its pixel, so that several on one page do not share events. */
export default function tiktokPixel(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const code = settings.required("pixelCode");
  const firstView = new FirstView();
  let pixel: (() => Pixel) | undefined;

  return destination("TikTok Pixel", {
    load: (host) => {
      const created = createPixel(code, { limited_data_use: settings.flag("ldu", false) });
      pixel = created.pixel;
      const user = host.user();
      const known = person(user.id(), user.traits());
      if (known) pixel().identify(known);
      if (settings.flag("autoPageView", true)) {
        pixel().page();
        firstView.start();
      }
      return created.loaded;
    },
    page: (event) => {
      if (!firstView.isThisOne(event)) pixel?.().page();
    },
    track: ({ event = "", properties = {}, messageId }) => {
      pixel?.().track(eventName(event), eventParameters(properties), { event_id: messageId });
    },
    identify: ({ userId, traits = {} }) => {
      const known = person(userId, traits);
      if (known) pixel?.().identify(known);
    },
  });
}
