// Classic script, before the snippet. Tells the demo page around this one what the client on it does.
"use strict";

(() => {
  const plain = (value) => JSON.parse(JSON.stringify(value === undefined ? null : value));
  const tell = (type, about) => {
    if (window.parent !== window) window.parent.postMessage({ type, ...plain(about) }, location.origin);
  };

  const NAMES = { track: "event", page: "name", screen: "name", identify: "userId", group: "groupId", alias: "userId" };

  let plugins = [];
  const tellHanded = () => {
    for (const plugin of plugins) tell("handed", { name: plugin.name, calls: window.demo.handed(plugin) });
  };

  /** Listens on the snippet's array, whose calls the client takes over before it loads anything. */
  window.demo.watch = (analytics) => {
    analytics.on("initialize", ({ cdnSettings }) => {
      plugins = cdnSettings.remotePlugins;
      const collector = cdnSettings.integrations["Segment.io"] || {};
      // The client takes the global right after this event, and before it says anything of a destination.
      queueMicrotask(() => {
        tell("started", {
          names: plugins.map(({ name }) => name),
          unbundled: collector.unbundledIntegrations || [],
          anonymousId: window.analytics.user().anonymousId(),
        });
      });
    });
    analytics.on("destination_loaded", ({ name }) => {
      tell("loaded", { name });
      tellHanded();
    });
    analytics.on("destination_failed", ({ name, reason }) => tell("failed", { name, reason }));
    analytics.on("destination_delivered", ({ name }, { event }) => {
      const { type, properties, traits } = event;
      tell("delivered", { name, call: type, about: event[NAMES[type]] || "", payload: { properties, traits } });
      tellHanded();
    });
    analytics.on("collected", () => tell("collected", {}));
  };

  const LANTERN = { product_id: "lantern-brass", name: "Lantern, brass", price: 49, currency: "EUR", quantity: 1 };
  const CALLS = {
    page: (analytics) => analytics.page("Product", { name: LANTERN.name }),
    track: (analytics) => analytics.track("Product Added", { ...LANTERN, value: 49 }),
    identify: (analytics) => analytics.identify("visitor-42", { name: "Ada Example", plan: "pro" }),
    group: (analytics) => analytics.group("team-7", { name: "Night Shift", plan: "pro" }),
  };

  document.addEventListener("click", (click) => {
    const button = click.target.closest("[data-call]");
    if (!button) return;
    const name = button.dataset.call;
    CALLS[name](window.analytics);
    document.getElementById("said").textContent = `analytics.${name}() was called.`;
  });
})();
