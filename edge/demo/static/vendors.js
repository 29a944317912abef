// Classic script, before the snippet. Keeps vendors' servers out of the demo, and reads what they would have been given.
"use strict";

window.demo = window.demo || {};

(() => {
  /**
   * Bundles insert their vendor's script, and fail when the browser blocks it. An empty script of this edge loads in its
   * place, so that a bundle goes on as it would with its vendor, whose documented queue then keeps every call. The
   * page's Content-Security-Policy blocks whatever does not come past here.
   */
  const EMPTY = "/demo/static/empty.js";
  const own = new Set([location.origin, document.documentElement.dataset.edge].filter(Boolean));
  const append = Node.prototype.appendChild;
  Node.prototype.appendChild = function (node) {
    if (node instanceof HTMLScriptElement && node.src && !own.has(new URL(node.src).origin)) {
      const vendor = node.src;
      node.removeAttribute("integrity");
      node.src = `${EMPTY}?for=${encodeURIComponent(new URL(vendor).host)}`;
    }
    return append.call(this, node);
  };

  const list = (value) => (Array.isArray(value) ? value : []);
  const call = ([method, ...args], object) => ({ call: object ? `${object}.${method}` : method, args });

  const google = () => list(window.dataLayer);
  const isGtag = (entry) => Object.prototype.toString.call(entry) === "[object Arguments]";

  /** A destination's vendor, by creation name: the calls that its queue on this page holds, in order. */
  const QUEUES = {
    Amplitude({ apiKey }) {
      const instances = (window.amplitude && window.amplitude._iq) || {};
      return Object.entries(instances)
        .filter(([name]) => name === apiKey)
        .flatMap(([, { _q }]) => list(_q).map(({ name, args }) => ({ call: `amplitude.${name}`, args })));
    },
    Mixpanel({ token }) {
      const mixpanel = window.mixpanel || {};
      const instance = list(mixpanel._i).find(([given]) => given === token);
      if (!instance) return [];
      const queue = list(mixpanel[instance[2]]);
      const setUp = { call: "mixpanel.init", args: instance };
      return [setUp, ...queue.map((entry) => call(entry, "mixpanel")), ...list(queue.people).map((entry) => call(entry, "mixpanel.people"))];
    },
    "Google Analytics 4 Web"({ measurementID }) {
      return google()
        .filter(isGtag)
        .map((entry) => Array.from(entry))
        .filter(([, about, parameters]) => about === measurementID || (parameters && parameters.send_to === measurementID))
        .map((args) => ({ call: "gtag", args }));
    },
    "Google Tag Manager"() {
      return google().filter((entry) => !isGtag(entry)).map((entry) => ({ call: "dataLayer.push", args: [entry] }));
    },
    "Facebook Pixel"({ pixelId }) {
      return list(window.fbq && window.fbq.queue)
        .map((entry) => Array.from(entry))
        .filter((args) => args.includes(pixelId) || args[0] === "dataProcessingOptions")
        .map((args) => ({ call: "fbq", args }));
    },
  };

  /** What the vendor of one destination of the manifest was given so far; `undefined` where its queue is not known. */
  window.demo.handed = ({ creationName, settings }) => {
    const queue = QUEUES[creationName];
    return queue && queue(settings);
  };
})();
