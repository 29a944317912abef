import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { worthOf } from "../shared/commerce";
import { numberOf, textOf, type AnalyticsEvent } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import type { Waiting } from "../shared/waiting";
import { COMMERCE } from "./commerce";
import { createTracker, type Tracker } from "./vendor";

/** Matomo, a tracker of its own for each destination. */
export default function matomo(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const url = settings.required("url");
  const siteId = settings.required("siteId");
  let tracker: Waiting<Tracker> | undefined;

  const track = ({ event = "", properties = {} }: AnalyticsEvent): void => {
    const known = COMMERCE[event];
    const goal = numberOf(settings.map("goals")[event]);
    const worth = worthOf(properties);
    tracker?.call((target) => {
      if (goal !== undefined) target.trackGoal(goal, worth);
      if (known) known(target, properties);
      else {
        const name = textOf(properties.name) ?? textOf(properties.label);
        target.trackEvent(textOf(properties.category) ?? "All", event, name, worth);
      }
    });
  };

  return destination("Matomo", {
    load: (host) => {
      const created = createTracker(url, siteId);
      tracker = created.tracker;
      const id = host.user().id();
      tracker.call((target) => {
        // What governs the data comes before anything is sent.
        if (settings.flag("disableCookies", false)) target.disableCookies();
        if (settings.flag("doNotTrack", false)) target.setDoNotTrack(true);
        target.enableLinkTracking();
        if (id) target.setUserId(id);
      });
      return created.loaded;
    },
    page: ({ properties = {}, context }) => {
      const page = (context?.page ?? {}) as Dictionary;
      const address = textOf(properties.url) ?? textOf(page.url);
      const referrer = textOf(properties.referrer) ?? textOf(page.referrer);
      const title = textOf(properties.title) ?? textOf(page.title);
      tracker?.call((target) => {
        // Matomo would report the page that it was loaded on, whatever the site shows by now.
        if (address !== undefined) target.setCustomUrl(address);
        if (referrer !== undefined) target.setReferrerUrl(referrer);
        target.trackPageView(title);
      });
    },
    track,
    identify: ({ userId }) => {
      if (!userId) return;
      tracker?.call((target) => {
        target.setUserId(userId);
      });
    },
  });
}
