// The browser code of __NAME__: one global, a function from settings to a plugin (the remote plugin contract of
// analytics-next). It runs in Edgewise's client and in the official one.
(() => {
  const SCRIPT = "__SCRIPT__";

  /** Puts the vendor's documented stub on the page: calls made before the script has come are kept in `q`. */
  const stub = () => {
    const queue = [];
    return Object.assign((...call) => queue.push(call), { q: queue });
  };

  /**
   * Takes the vendor's one place on a page for this account. Without it a second destination's events would go to the
   * first one's account. Leave it out where every call can say which account it is for. The places are on the window,
   * since two sources on a page each run code of their own. @param {string} account
   */
  const claim = (account) => {
    const accounts = (window[Symbol.for("edgewise.accounts")] ??= new Map());
    const holder = accounts.get("__NAME__") ?? account;
    if (holder !== account) throw new Error(`this page has ${holder} already: remove it, or the destination for ${account}`);
    accounts.set("__NAME__", account);
  };

  /** @param {string} src @returns {Promise<void>} settled by the browser: the script has run, or was refused */
  const scriptOf = (src) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.async = true;
      // A page's policy may allow scripts by a nonce; those that its scripts insert carry it on.
      const { nonce } = document.querySelector("script[nonce]") ?? {};
      if (nonce) script.nonce = nonce;
      script.onload = () => resolve();
      script.onerror = () => reject(new Error(`${src} could not be loaded`));
      document.head.append(script);
    });

  /** Nothing is done to the page before load(). @param {{account?: string}} settings from the manifest */
  window.__LIBRARY__ = (settings) => {
    const { account } = settings;
    if (!account) throw new Error("the setting account is missing");
    let loaded = false;
    // Looked up at each call: the vendor's script puts its own function in the stub's place.
    const vendor = (...call) => window.__GLOBAL__?.(...call);

    return {
      name: "__NAME__",
      version: "1.0.0",
      type: "destination",
      isLoaded: () => loaded,

      async load(_ctx, client) {
        claim(account);
        if (!window.__GLOBAL__) {
          window.__GLOBAL__ = stub();
          vendor("start", account);
          const id = client.user().id();
          if (id) vendor("user", id);
          await scriptOf(SCRIPT);
        }
        loaded = true;
      },
      track({ event }) {
        vendor("event", event.event, event.properties);
      },
      identify({ event }) {
        if (event.userId) vendor("user", event.userId);
      },
      page({ event }) {
        vendor("view", event.name);
      },
    };
  };
})();
