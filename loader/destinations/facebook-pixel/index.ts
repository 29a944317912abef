import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { pixelEvent } from "./events";
import { advancedMatching, withoutPersonal } from "./personal";
import { dataUse, pixel, type Fbq } from "./vendor";

/** Meta Pixel; `trackSingle` names the pixel, so that several on one page do not share events. */
export default function facebookPixel(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const pixelId = settings.required("pixelId");
  const limited = settings.flag("limitedDataUse", true);
  let fbq: Fbq | undefined;

  const send = (...call: unknown[]): void => {
    if (!fbq) return;
    dataUse(fbq, limited);
    fbq(...call);
  };

  return destination("Facebook Pixel", {
    load: (host) => {
      const created = pixel();
      fbq = created.fbq;
      const user = host.user();
      // The order that Meta documents: what governs the data comes before `init`.
      fbq("set", "autoConfig", settings.flag("automaticConfiguration", true), pixelId);
      dataUse(fbq, limited);
      const person = { userId: user.id(), anonymousId: user.anonymousId(), traits: user.traits() };
      const matching = advancedMatching(person, settings);
      fbq("init", pixelId, ...(matching ? [matching] : []));
      return created.loaded;
    },
    page: ({ messageId }) => {
      send("trackSingle", pixelId, "PageView", {}, { eventID: messageId });
    },
    track: async ({ event = "", properties = {}, messageId }) => {
      const allowed = await withoutPersonal(properties, settings);
      const { method, name, parameters } = pixelEvent(event, allowed, settings);
      send(method, pixelId, name, parameters, { eventID: messageId });
    },
  });
}
