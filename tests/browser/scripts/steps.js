// What both clients are asked to do, one after the other. Each step gets the client and waits for what comes of it.
(() => {
  const day = new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 250));
  const own = (name, more) => ({ name, version: "1.0.0", isLoaded: () => true, load: () => Promise.resolve(), ...more });
  const heard = (analytics, name) => new Promise((resolve) => analytics.once(name, resolve));
  const soon = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const later = (promise) => Promise.race([promise, soon(3000)]);
  class Order {
    constructor() {
      this.id = "o1";
    }
  }
  const element = (html) => {
    const box = document.createElement("div");
    box.innerHTML = html;
    document.body.append(box);
    return box.firstElementChild;
  };
  const click = (target, options = {}) =>
    target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...options }));
  const called = (call) => new Promise((resolve) => call((ctx) => resolve(ctx === undefined)));

  window.steps = [
    ["page()", (a) => a.page()],
    ["page(name)", (a) => a.page("Pricing")],
    ["page(category, name)", (a) => a.page("Docs", "Intro")],
    ["page(category, name, properties)", (a) => a.page("Docs", "Intro", { depth: 2 })],
    ["page(properties of the page)", (a) => a.page({ title: "Mine", path: "/mine", url: "https://x.example/", extra: 1 })],
    ["page(all)", (a) => a.page("Cat", "Name", { a: 1 }, { context: { ip: "0.0.0.0" } })],
    ["page(null, name)", (a) => a.page(null, "Only name")],
    ["page(name, properties, options)", (a) => a.page("Named", { a: 1 }, { integrations: { Recorder: false } })],
    ["page(name, null, null, options)", (a) => a.page("Named", null, null, { integrations: { Elsewhere: false } })],
    ["page(callback)", (a) => called((done) => a.page(done))],
    ["page(category, name, callback)", (a) => called((done) => a.page("Cat", "Name", done))],
    ["page(three texts)", (a) => a.page("One", "Two", "Three")],
    ["page(text of the wrong type)", (a) => a.page(7, true)],
    ["page(campaign in the search)", (a) => a.page({ search: "?utm_source=own&utm_campaign=c1" })],
    ["pageview(path)", (a) => a.pageview("/virtual")],
    ["track(name)", (a) => a.track("Plain")],
    ["track(unicode)", (a) => a.track("Bestellung \u2728 \u00fc\u4e2d\u6587", { name: "\ud83d\ude00 \u0000 \u2028 \"'</script>" })],
    ["track(nested)", (a) => a.track("Nested", { price: 9.5, list: [1, { b: 2 }, null], deep: { er: { est: true } } })],
    ["track(dates)", (a) => a.track("Dates", { day, text: "2024-02-29", moment: "2024-02-29T12:30:15.250Z", list: ["2024-01-02T03:04:05+02:00"] })],
    ["track(texts like dates)", (a) => a.track("Like dates", { a: "2024-02", b: "2024-02-29 is a day", c: "2024-02-29T12:30", d: "20240229", e: "2024-02-29 12:30:00", f: "12-30" })],
    ["track(odd dates)", (a) => a.track("Odd dates", { overflow: "2024-13-45", compact: "2024-02-29T1230", hours: "2024-02-29T12:30:00+02", comma: "2024-02-29T12:30:00,5Z" })],
    ["track(values that JSON drops)", (a) => a.track("Dropped", { none: undefined, run: () => 1, nan: NaN, big: Infinity })],
    ["track(an instance)", (a) => a.track("Instance", { order: new Order() })],
    ["track(name, null, null)", (a) => a.track("Nulls", null, null)],
    ["track(name, text)", (a) => a.track("Properties that are text", "nonsense")],
    ["track(name, list)", (a) => a.track("Properties that are a list", [1, 2])],
    ["track(name, properties, text)", (a) => a.track("Options that are text", {}, "no")],
    ["track(name, callback)", (a) => called((done) => a.track("Callback", done))],
    ["track(name, properties, callback)", (a) => called((done) => a.track("Callback", { a: 1 }, done))],
    ["track(name, properties, options, callback)", (a) => called((done) => a.track("Callback", { a: 1 }, { x: 1 }, done))],
    ["track(callback that throws)", (a) => a.track("Callback", {}, {}, () => { throw new Error("page's own"); })],
    ["track(integrations)", (a) => a.track("Integrations", {}, { integrations: { All: false, Recorder: { session: 1 }, Gone: true } })],
    ["track(All false)", (a) => a.track("All false", {}, { integrations: { All: false } })],
    ["track(Segment.io false)", (a) => a.track("Not collected", {}, { integrations: { "Segment.io": false } })],
    ["track(context)", (a) => a.track("Context", {}, { context: { traits: { plan: "pro" }, page: { title: "Given" }, campaign: { name: "given" }, locale: "xx" } })],
    ["track(other options)", (a) => a.track("Other options", {}, { custom: "x", "dotted.path": 1, nothing: undefined })],
    ["track(context that is text)", (a) => a.track("Context that is text", {}, { context: "text" })],
    ["track(timestamp date)", (a) => a.track("Then", {}, { timestamp: day })],
    ["track(timestamp text)", (a) => a.track("Then", {}, { timestamp: "2024-02-29T12:30:15+01:00" })],
    ["track(timestamp seconds)", (a) => a.track("Then", {}, { timestamp: 1709209815 })],
    ["track(timestamp milliseconds)", (a) => a.track("Then", {}, { timestamp: 1709209815250 })],
    ["track(timestamp nonsense)", (a) => a.track("Then", {}, { timestamp: "soon" })],
    ["track(messageId)", (a) => a.track("Own id", {}, { messageId: "own-message" })],
    ["track(userId)", (a) => a.track("Own user", {}, { userId: "somebody-else" })],
    ["track(anonymousId)", (a) => a.track("Own anonymous id", {}, { anonymousId: "anon-option" })],
    ["track({event})", (a) => a.track({ event: "Whole", properties: { z: 1 } }, { integrations: { Z: true } })],
    ["track({event}, callback)", (a) => called((done) => a.track({ event: "Whole" }, done))],
    ["track()", (a) => a.track()],
    ["track(number)", (a) => a.track(7)],
    ["track('')", (a) => a.track("")],
    ["identify(traits)", (a) => a.identify({ before: true })],
    ["identify(id)", (a) => a.identify("u1")],
    ["identify(id, nested traits)", (a) => a.identify("u1", { email: "a@b.example", address: { city: "K\u00f6ln" }, since: day, tags: ["a", "b"] })],
    ["track after identify", (a) => a.track("After identify")],
    ["identify(same id, traits, options)", (a) => a.identify("u1", { plan: "pro" }, { integrations: { Q: false } })],
    ["identify(null, traits)", (a) => a.identify(null, { age: 3 })],
    ["identify(undefined, traits)", (a) => a.identify(undefined, { age: 4 })],
    ["identify('', traits)", (a) => a.identify("", { empty: true })],
    ["identify(number)", (a) => a.identify(42)],
    ["identify(another id)", (a) => a.identify("u2", { fresh: true })],
    ["identify(id, callback)", (a) => called((done) => a.identify("u2", done))],
    ["identify(id, traits, callback)", (a) => called((done) => a.identify("u2", { b: 2 }, done))],
    ["identify(id, text)", (a) => a.identify("u2", "nonsense")],
    ["identify()", (a) => a.identify()],
    ["group(id, traits)", (a) => a.group("g1", { name: "Group", seats: { used: 3 } })],
    ["group(traits)", (a) => a.group({ size: 3 })],
    ["group(another id)", (a) => a.group("g2")],
    ["group(number, traits, options)", (a) => a.group(9, { n: 9 }, { integrations: { G: false } })],
    ["group(id, callback)", (a) => called((done) => a.group("g3", done))],
    ["group()", (a) => Promise.resolve([a.group().id(), a.group().traits()])],
    ["alias(to)", (a) => a.alias("new-id")],
    ["alias(to, from)", (a) => a.alias("newer-id", "old-id")],
    ["alias(numbers, options)", (a) => a.alias(7, 8, { integrations: { R: false } })],
    ["alias(to, options)", (a) => a.alias("newest-id", { custom: 1 })],
    ["alias(to, callback)", (a) => called((done) => a.alias("last-id", done))],
    ["alias()", (a) => a.alias()],
    ["screen(name)", (a) => a.screen("Home")],
    ["screen(category, name, properties)", (a) => a.screen("Section", "Home", { a: 1 })],
    ["screen()", (a) => a.screen()],
    ["setAnonymousId(id)", (a) => Promise.resolve(a.setAnonymousId("anon-set"))],
    ["track after setAnonymousId", (a) => a.track("After setAnonymousId")],
    ["setAnonymousId(number)", (a) => Promise.resolve(a.setAnonymousId(7))],
    ["setAnonymousId(null), then track", (a) => (a.setAnonymousId(null), a.track("After null"))],
    ["user() reads", (a) => Promise.resolve([a.user().id(), a.user().traits()])],
    ["user() writes", (a) => (a.user().id("u7"), a.user().traits({ set: 1 }), a.user().anonymousId("anon-user"), a.track("After user()"))],
    ["user().identify()", (a) => (a.user().identify("u8", { other: 1 }), a.track("After user().identify()"))],
    ["reset()", (a) => (a.reset(), a.track("After reset"))],
    ["once, on, off", (a) => {
      const seen = [];
      const listener = (name) => seen.push(name);
      a.once("track", () => seen.push("once"));
      a.on("track", listener);
      return a.track("Heard").then(() => (a.off("track", listener), a.track("Not heard"))).then(() => seen);
    }],
    ["ready(callback)", (a) => new Promise((resolve) => void a.ready((found) => resolve(Array.isArray(found))))],
    ["debug, timeout", (a) => (a.debug(false), a.timeout(50), called((done) => a.track("Soon", done)).finally(() => a.timeout(2000)))],
    ["register(enrichment)", async (a) => {
      const enrich = (ctx) => (ctx.updateEvent("properties.enriched", true), ctx.updateEvent("context.added.deep", 1), ctx);
      await a.register(own("Enricher", { type: "enrichment", track: enrich }));
      await a.track("Enriched");
    }],
    ["deregister(enrichment)", async (a) => (await a.deregister("Enricher"), a.track("No longer enriched"))],
    ["deregister(nobody)", (a) => a.deregister("Nobody").then(() => true)],
    ["register(destination)", async (a) => {
      const seen = [];
      await a.register(own("Registered", { type: "destination", track: (ctx) => (seen.push(ctx.event.event), ctx) }));
      await a.track("To both");
      await a.track("Not to registered", {}, { integrations: { Registered: false } });
      await a.deregister("Registered");
      await a.track("After deregister");
      return seen;
    }],
    ["register(after)", async (a) => {
      const seen = [];
      await a.register(own("After", { type: "after", track: (ctx) => (seen.push(ctx.event.event), ctx) }));
      await a.track("Seen after");
      await a.deregister("After");
      return seen;
    }],
    ["addSourceMiddleware(changes)", async (a) => {
      window.passing = ({ payload, next, integrations }) => {
        window.integrationsSeen = integrations;
        if (payload.type() === "track" && payload.obj.event === "Changed") payload.obj.properties.changed = payload.event();
        if (payload.obj.event === "Dropped by middleware") return;
        if (payload.obj.event === "Passed with null") return next(null);
        next(payload);
      };
      await a.addSourceMiddleware(window.passing);
      await a.track("Changed", { a: 1 });
      return Object.keys(window.integrationsSeen).sort();
    }],
    ["addSourceMiddleware(does not call next)", (a) => a.track("Dropped by middleware").then((ctx) => Boolean(ctx.failedDelivery()))],
    ["addSourceMiddleware(next(null))", (a) => a.track("Passed with null")],
    ["addSourceMiddleware(asynchronous)", async (a) => {
      await a.addSourceMiddleware(async ({ payload, next }) => (await soon(20), (payload.obj.context.waited = true), next(payload)));
      await a.identify("u1", { through: "middleware" });
    }],
    ["addDestinationMiddleware(changes one)", async (a) => {
      await a.addDestinationMiddleware("recorder", ({ payload, next, integration }) => {
        if (payload.obj.event === "Only elsewhere") return next(null);
        if (payload.obj.event === "Nowhere near") return undefined;
        if (payload.obj.properties) payload.obj.properties.for = integration;
        return next(payload);
      });
      await a.track("Changed for one", { a: 1 });
    }],
    ["addDestinationMiddleware(next(null))", (a) => a.track("Only elsewhere")],
    ["addDestinationMiddleware(does not call next)", (a) => a.track("Nowhere near")],
    ["addDestinationMiddleware(*)", async (a) => {
      await a.addDestinationMiddleware("*", ({ payload, next }) => ((payload.obj.context.everywhere = true), next(payload)));
      await a.page("Everywhere");
    }],
    ["trackLink(link, event, properties)", async (a) => {
      const link = element('<a href="#followed">x</a>');
      await a.trackLink(link, "Clicked", { a: 1 }, { context: { link: true } });
      const tracked = heard(a, "track");
      click(link);
      await later(tracked);
      await soon(100);
      return location.hash;
    }],
    ["trackClick(list, functions)", async (a) => {
      const links = [element('<a href="#first" id="one">x</a>'), element('<a href="#second" id="two">x</a>')];
      await a.trackClick(links, (link) => `Clicked ${link.id}`, (link) => ({ href: link.getAttribute("href") }));
      const tracked = heard(a, "track");
      click(links[1]);
      await later(tracked);
      await soon(100);
      return location.hash;
    }],
    ["trackLink(new tab)", async (a) => {
      const link = element('<a href="#elsewhere" target="_blank">x</a>');
      link.addEventListener("click", (event) => (window.prevented = event.defaultPrevented));
      link.addEventListener("click", (event) => event.preventDefault());
      await a.trackLink(link, "New tab");
      const tracked = heard(a, "track");
      click(link);
      await later(tracked);
      return [window.prevented, location.hash];
    }],
    ["trackLink(null)", (a) => a.trackLink(null, "Nothing").then((same) => same === a)],
    ["trackLink(no link)", (a) => a.trackLink("a", "Text")],
    ["trackForm(form, event)", async (a) => {
      const form = element('<form action="#" method="get"><input name="q" value="1"></form>');
      const submitted = new Promise((resolve) => (form.submit = () => resolve("submitted")));
      HTMLFormElement.prototype.submit = function () { this.submit === HTMLFormElement.prototype.submit || this.submit(); };
      await a.trackForm(form, "Submitted", { form: 1 });
      const tracked = heard(a, "track");
      form.dispatchEvent(new Event("submit", { cancelable: true }));
      await later(tracked);
      return later(submitted);
    }],
    ["trackSubmit(list, function)", async (a) => {
      const form = element('<form id="signup" action="#"></form>');
      const submitted = new Promise((resolve) => (form.submit = () => resolve("submitted")));
      await a.trackSubmit([form], (one) => `Submitted ${one.id}`);
      const tracked = heard(a, "track");
      form.dispatchEvent(new Event("submit", { cancelable: true }));
      await later(tracked);
      return later(submitted);
    }],
    ["queryString(query)", async (a) => {
      await a.queryString("?ajs_uid=asked&ajs_trait_name=A+B&ajs_event=Asked%21&ajs_prop_n=1&ajs_prop_e=&ajs_aid=anon-asked&ajs_trait_x=1=2&other=1");
    }],
    ["push([method, ...])", async (a) => {
      const tracked = heard(a, "track");
      a.push(["track", "Pushed", { p: 1 }]);
      await later(tracked);
    }],
    ["push([no such method])", (a) => Promise.resolve(a.push(["noSuchMethod", 1]))],
    ["addIntegrationMiddleware()", (a) => Promise.resolve(a.addIntegrationMiddleware("x")).then(() => true)],
    ["the page object of a buffered call", (a) =>
      a.track("Buffered", {}, { __t: "bpc", c: "https://shop.example/canonical?x=1", p: "/then", u: "https://shop.example/then#h", s: "?y=2", t: "Then", r: "https://ref.example/" })],
    ["register(before that cancels)", async (a) => {
      await a.register(own("Canceler", { type: "before", track: (ctx) => ctx.cancel() }));
      const ctx = await later(a.track("Canceled"));
      await a.deregister("Canceler");
      return Boolean(ctx && ctx.failedDelivery());
    }],
  ];

  const names = ["track", "page", "identify", "group", "alias", "screen", "reset"];
  window.hears = [];
  window.listen = (analytics) => {
    for (const name of names) analytics.on(name, (...args) => window.hears.push([name, window.typed(args)]));
  };
  const cookies = () => Object.fromEntries(document.cookie.split("; ").filter(Boolean).map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]).filter(([name]) => name.startsWith("ajs_")));
  const stored = () => Object.fromEntries(Object.keys(localStorage).filter((key) => key.startsWith("ajs_")).map((key) => [key, localStorage.getItem(key)]));
  /** What became of one step: its outcome, what listeners and destination got since, and the identity after it. */
  window.run = async (index) => {
    window.calls.length = window.hears.length = 0;
    const analytics = window.analytics;
    const outcome = {};
    try {
      const value = await window.steps[index][1](analytics);
      outcome.resolved = value && (value.event || value === analytics) ? "context or client" : window.typed(value);
    } catch (thrown) {
      outcome.rejected = true;
    }
    await soon(0);
    return { outcome, heard: window.hears.slice(), device: window.calls.slice(), identity: { cookies: cookies(), localStorage: stored() } };
  };
})();
