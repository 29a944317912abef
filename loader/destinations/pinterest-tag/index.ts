import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { defined, textOf, type AnalyticsEvent } from "../shared/message";
import { claim } from "../shared/only-one";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { eventData, eventName } from "./events";
import { pinterest, type Pintrk } from "./vendor";

/** Pinterest Tag. Its calls name no tag, each goes to all that a page has loaded: hence one tag per page. */
export default function pinterestTag(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const tagId = settings.required("tid");
  let pintrk: Pintrk | undefined;

  const send = (name: string, data: Dictionary, { messageId }: AnalyticsEvent): void => {
    const eventId = settings.flag("mapMessageIdToEventId", false) ? messageId : undefined;
    pintrk?.("track", name, defined({ ...data, event_id: eventId }));
  };

  return destination("Pinterest Tag", {
    load: async (host) => {
      claim("Pinterest Tag", tagId);
      const created = pinterest();
      pintrk = created.pintrk;
      // Limited Data Processing is asked for before anything is sent (developers.pinterest.com, track-conversions).
      if (settings.flag("limitedDataProcessing", false)) pintrk("set", { opt_out_type: "LDP" });
      const email = settings.flag("useEnhancedMatchLoad", false) ? textOf(host.user().traits().email) : undefined;
      pintrk("load", tagId, ...(email === undefined ? [] : [{ em: email }]));
      pintrk("page");
      await created.loaded;
    },
    page: (event) => {
      const category = textOf(event.category) ?? textOf(event.properties?.category);
      const data = defined({ name: textOf(event.name), category });
      send(category === undefined ? "PageVisit" : "ViewCategory", data, event);
    },
    track: (event) => {
      send(eventName(event.event ?? "", settings), eventData(event.properties ?? {}, settings), event);
    },
    identify: ({ traits = {} }) => {
      const email = textOf(traits.email);
      if (email !== undefined) pintrk?.("set", { em: email });
    },
  });
}
