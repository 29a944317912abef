import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { FirstView } from "../shared/first-view";
import { textOf, type AnalyticsEvent } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { action, eventParameters } from "./events";
import { createTag, type Uetq } from "./vendor";

/** Microsoft Advertising's Universal Event Tracking, a queue of its own for each tag. */
export default function bingAds(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const tagId = settings.required("tagId");
  const consent = settings.flag("enableConsent", false);
  const firstView = new FirstView();
  let queue: (() => Uetq) | undefined;

  /** What the event says about consent, which counts from this event on. */
  const updateConsent = ({ properties = {} }: AnalyticsEvent): void => {
    const said = textOf(properties[settings.text("adStoragePropertyMapping")])?.toLowerCase();
    if (consent && (said === "granted" || said === "denied")) {
      queue?.().push("consent", "update", { ad_storage: said });
    }
  };

  return destination("Bing Ads", {
    load: async () => {
      const state = { ad_storage: settings.text("adStorage", "denied") };
      const created = createTag(tagId, consent ? ["consent", "default", state] : []);
      queue = created.queue;
      // The tag counts the page it starts on by itself.
      firstView.start();
      await created.loaded;
    },
    page: (event) => {
      updateConsent(event);
      if (firstView.isThisOne(event)) return;
      const page = (event.context?.page ?? {}) as Dictionary;
      queue?.().push("event", "page_view", {
        page_path: textOf(page.path) ?? location.pathname,
        page_title: textOf(page.title) ?? document.title,
      });
    },
    track: (event) => {
      updateConsent(event);
      queue?.().push("event", action(event.event ?? ""), eventParameters(event.event ?? "", event.properties ?? {}));
    },
  });
}
