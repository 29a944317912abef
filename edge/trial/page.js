// The page of a trial. First the bundle by itself (/trial/contract), then under our client (/trial/live), then under the
// official one (/trial/official); each part is posted when it is there, and the next page is opened when one is done.
(() => {
  const METHODS = ["track", "page", "identify", "group", "alias", "screen"];
  const REQUIRED = ["load", "isLoaded", "name", "version", "type"];
  const { key, stub, library } = JSON.parse(document.getElementById("trial").textContent);
  const said = (thrown) => String((thrown && thrown.message) || thrown).slice(0, 500);
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const post = (part, body) =>
    fetch(`/trial/report/${part}`, { method: "POST", body: JSON.stringify(body) });

  const errors = [];
  const blocked = [];
  addEventListener("error", (event) => errors.push(said(event.error || event.message)));
  addEventListener("unhandledrejection", (event) => errors.push(said(event.reason)));
  addEventListener("securitypolicyviolation", (event) => blocked.push(event.blockedURI));

  if (stub) {
    // The vendor's script is the stand-in, from whatever address it was to come; nothing else leaves the machine.
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, "src");
    Object.defineProperty(HTMLScriptElement.prototype, "src", {
      configurable: true,
      get,
      set(value) {
        const url = new URL(value, location.href);
        if (url.origin === location.origin) return set.call(this, value);
        this.removeAttribute("integrity");
        return set.call(this, `/trial/stub.js?for=${encodeURIComponent(url.href)}`);
      },
    });
  }

  function script(entry) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = entry.url;
      element.integrity = entry.integrity;
      element.crossOrigin = "anonymous";
      element.onload = () => resolve();
      element.onerror = () => reject(new Error("the browser refused it: not there, or its integrity is another one"));
      document.head.append(element);
    });
  }

  const names = () => new Set(Object.getOwnPropertyNames(window));
  const elements = () => document.querySelectorAll("script, iframe, img, link").length;

  async function contract() {
    const settings = await (await fetch(`/v1/projects/${key}/settings`)).json();
    const entry = settings.remotePlugins[0];
    const found = { errors, plugins: [], otherGlobals: [], factoryLeft: [] };
    const before = names();
    try {
      await script(entry);
    } catch (thrown) {
      return { ...found, script: said(thrown) };
    }
    const factory = window[library];
    found.globalType = typeof factory;
    found.otherGlobals = [...names()].filter((name) => !before.has(name) && name !== library);
    if (typeof factory !== "function") return found;
    const globals = names();
    const inserted = elements();
    try {
      const made = await factory(entry.settings);
      const plugins = Array.isArray(made) ? made : [made];
      found.plugins = plugins.map((plugin) => ({
        name: plugin && plugin.name,
        version: plugin && plugin.version,
        type: plugin && plugin.type,
        missing: REQUIRED.filter((field) => !plugin || plugin[field] === undefined),
        methods: METHODS.filter((method) => plugin && typeof plugin[method] === "function"),
      }));
    } catch (thrown) {
      return { ...found, factoryError: said(thrown) };
    }
    found.factoryLeft = [...names()].filter((name) => !globals.has(name)).map((name) => `window.${name} was set`);
    if (elements() !== inserted) found.factoryLeft.push("elements were inserted");
    try {
      await factory({});
    } catch (thrown) {
      found.withoutSettings = said(thrown);
    }
    return found;
  }

  async function live() {
    const found = { started: false, loaded: [], delivered: [], collected: [], errors, blocked };
    const client = window.analytics;
    if (!client || !client.initialized) return found;
    found.started = true;
    const order = client.settings.cdnSettings.remotePlugins.map(({ name }) => name);
    const [first] = order;
    client.on("destination_delivered", ({ name }, ctx) => {
      if (name === first) found.delivered.push({ call: ctx.event.type, state: "delivered" });
    });
    client.on("error", ({ code, name, reason, ctx }) => {
      if (code === "destination_failure" && name === first)
        found.delivered.push({ call: ctx.event.type, state: "failed", reason: said(reason) });
    });
    client.on("collected", (ctx) => found.collected.push(ctx.event.type));
    const outcomes = await client.ready();
    found.loaded = outcomes.map(({ ok, reason }, place) => ({ name: order[place], ok, reason: ok ? "" : said(reason) }));
    await Promise.race([Promise.all(calls(client)), pause(15000)]);
    await pause(300);
    return found;
  }

  /** One call of each method; what each gives back. */
  const calls = (client) => [
    client.identify("user-1", { email: "somebody@shop.example", plan: "free" }),
    client.group("group-1", { name: "Shop" }),
    client.page("Shop", "Cart", { total: 20 }),
    client.screen("Cart", { total: 20 }),
    client.track("Order Completed", {
      order_id: "o1",
      total: 20,
      currency: "EUR",
      products: [{ product_id: "p1", name: "Cup", price: 10, quantity: 2 }],
    }),
    client.alias("user-2"),
  ];

  async function official() {
    const found = { started: false, taken: [], failed: [], errors };
    for (let tries = 0; tries < 200 && !(window.analytics && window.analytics.initialized); tries++) await pause(50);
    const client = window.analytics;
    if (!client || !client.initialized) return found;
    found.started = true;
    const [{ creationName: name }] = client.settings.cdnSettings.remotePlugins;
    const taken = (call) => call.then((context) => {
      // What it notes of each plugin: the time that a call took, or why it failed.
      const { type } = context.event;
      const timed = context.stats.metrics.some(({ metric, tags }) => metric === "plugin_time" && tags.includes(`plugin:${name}`));
      const failure = context.logs().find(({ extras }) => extras && extras.plugin === name && extras.error);
      if (failure) found.failed.push({ call: type, state: "failed", reason: said(failure.extras.error.reason || failure.extras.error) });
      else if (timed) found.taken.push(type);
    });
    await Promise.race([Promise.all(calls(client).map(taken)), pause(15000)]);
    await pause(300);
    return found;
  }

  addEventListener("load", async () => {
    if (location.pathname === "/trial/contract") {
      await post("contract", await contract().catch((thrown) => ({ script: said(thrown) })));
      location.assign("/trial/live");
    } else if (location.pathname === "/trial/live") {
      await pause(50);
      await post("live", await live().catch((thrown) => ({ started: true, errors: [said(thrown)] })));
      location.assign("/trial/official");
    } else {
      await post("official", await official().catch((thrown) => ({ started: true, errors: [said(thrown)] })));
    }
  });
})();
