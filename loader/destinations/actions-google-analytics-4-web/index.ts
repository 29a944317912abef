import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { FirstView } from "../shared/first-view";
import { textOf, type AnalyticsEvent } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { vendorScript } from "../shared/vendor-script";
import { configuration, consentDefaults } from "./configuration";
import { eventName, eventParameters } from "./events";

/** Google's queue: gtag.js takes the `arguments` objects themselves, arrays it would not recognise. */
interface Page {
  dataLayer?: unknown[];
  gtag?: (...args: unknown[]) => void;
}

function stub(page: Page): (...args: unknown[]) => void {
  const layer = (page.dataLayer ??= []);
  if (!page.gtag) {
    page.gtag = function gtag() {
      // eslint-disable-next-line prefer-rest-params -- the vendor's documented form, see Page
      layer.push(arguments);
    };
    page.gtag("js", new Date());
  }
  return page.gtag;
}

/** Google Analytics 4 through gtag.js (developers.google.com/analytics/devguides/collection/ga4). */
export default function googleAnalytics4Web(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const id = settings.required("measurementID");
  // Looked up at each call: gtag.js may replace the stub.
  const gtag = (...args: unknown[]): void => {
    stub(window as Page)(...args);
  };
  const send = (name: string, parameters: Dictionary): void => {
    gtag("event", name, { ...parameters, send_to: id });
  };
  let identity: Dictionary = {};
  const firstView = new FirstView();

  return destination("Google Analytics 4 Web", {
    load: async (host) => {
      const userId = host.user().id();
      identity = userId ? { user_id: userId } : {};
      const consent = consentDefaults(settings);
      if (consent) gtag("consent", "default", consent);
      gtag("config", id, { ...configuration(settings), ...identity });
      // The tag counts the page it starts on by itself; the page call for the same address is that view.
      if (settings.flag("pageView", true)) firstView.start();
      const host_ = settings.text("domain", "www.googletagmanager.com");
      await vendorScript(`https://${host_}/gtag/js?id=${encodeURIComponent(id)}`);
    },
    page: (event) => {
      if (firstView.isThisOne(event)) return;
      const page = (event.context?.page ?? {}) as Dictionary;
      send("page_view", {
        page_title: textOf(event.properties?.title) ?? textOf(page.title),
        page_location: textOf(event.properties?.url) ?? textOf(page.url),
        page_referrer: textOf(event.properties?.referrer) ?? textOf(page.referrer),
      });
    },
    track: (event) => {
      send(eventName(event.event ?? ""), eventParameters(event.properties ?? {}));
    },
    identify: ({ userId, traits }: AnalyticsEvent) => {
      if (userId) identity = { ...identity, user_id: userId };
      gtag("config", id, {
        ...configuration(settings),
        ...identity,
        user_properties: traits ?? {},
        send_page_view: false,
      });
    },
    group: ({ groupId }) => {
      if (groupId) send("join_group", { group_id: groupId });
    },
    alias: ({ userId }) => {
      if (!userId) return;
      identity = { ...identity, user_id: userId };
      gtag("config", id, { ...configuration(settings), ...identity, send_page_view: false });
    },
  });
}
