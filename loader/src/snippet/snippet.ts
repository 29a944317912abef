// The text that a page carries (see README.md). Python puts JSON literals in place of the placeholders; everything else
// must stay as short as it is readable.
declare const __WRITE_KEY__: string;
declare const __CDN__: string;
/** Whether this text asks for the loader in halves. The build makes one that does, and one that does not. */
declare const __HALVES__: boolean;

type Stub = unknown[] & Record<string, unknown>;
/** A half has put at its own element what the other needs; nothing where it could not be had. */
type Script = HTMLScriptElement & { edgewise?: unknown };
/** The code, which is given the manifest; whether the two fit. */
type Run = (manifest: unknown) => unknown;

((key: string, writeKey: string, cdn: string) => {
  const page = window as unknown as Record<string, Stub>;
  const stub = (page[key] ??= [] as unknown as Stub);
  // A client that is on the page already has this method.
  if (stub.initialize) return;
  if (stub.invoked) {
    console.error("The analytics snippet is on this page twice.");
    return;
  }
  stub.invoked = true;

  const events = ["track", "screen", "alias", "group", "page", "identify"];
  const methods = (
    "trackSubmit trackClick trackLink trackForm pageview reset ready debug once off on addSourceMiddleware " +
    "addIntegrationMiddleware setAnonymousId addDestinationMiddleware register"
  )
    .split(" ")
    .concat(events);
  stub.methods = methods;

  const factory = (method: string) =>
    function (...args: unknown[]): unknown {
      const now = page[key];
      // Code that kept the array of the time before still reaches the client.
      if (now?.initialized) return (now[method] as (...args: unknown[]) => unknown)(...args);
      if (events.includes(method)) {
        // The page as it is at the moment of the call; single-page sites change it soon.
        const canonical = document.querySelector("link[rel='canonical']");
        args.push({
          __t: "bpc",
          c: canonical?.getAttribute("href") ?? undefined,
          p: location.pathname,
          u: location.href,
          s: location.search,
          t: document.title,
          r: document.referrer,
        });
      }
      stub.push([method, ...args]);
      return stub;
    };
  stub.factory = factory;
  for (const method of methods) stub[method] = factory(method);

  // A page whose policy wants a nonce gave this script one.
  const nonce = document.currentScript?.nonce;
  stub.load = (wanted: string, options?: unknown) => {
    // A page may have put its options there before this snippet.
    stub._loadOptions = options ?? stub._loadOptions;
    const ask = (name: string, done?: () => void): Script => {
      const script = document.createElement("script");
      script.async = true;
      script.setAttribute("data-edgewise-global", key);
      if (nonce) script.nonce = nonce;
      script.src = `${cdn}/analytics.js/v1/${wanted}/${name}.js`;
      if (done) script.onload = script.onerror = done;
      return document.head.appendChild(script);
    };
    if (!__HALVES__) ask("analytics.min");
    else {
      let missing = 2;
      // Whichever comes last has both run. Where one could not be had, or they are of two times, the whole loader does
      // without them.
      const done = (): void => {
        if (!--missing && !(code.edgewise as Run | undefined)?.(manifest.edgewise)) ask("analytics.min");
      };
      const manifest = ask("manifest", done);
      const code = ask("code", done);
    }
  };
  stub._writeKey = writeKey;
  // Where the client asks for everything else; it could not tell from an address without https.
  stub._cdn = cdn;
  stub.SNIPPET_VERSION = "5.2.1";
  (stub.load as (wanted: string) => void)(writeKey);
  (stub.page as () => void)();
  // The first argument names the global; a page with two sources gives each its own.
})("analytics", __WRITE_KEY__, __CDN__);
