import type { Dictionary } from "../../src/objects";
import { claim } from "../shared/only-one";
import { vendorScript } from "../shared/vendor-script";

/** `plausible`, which keeps calls in `q` and the script's options in `o` until the script takes them. */
export interface Plausible {
  (event: string, options?: Dictionary): void;
  q?: unknown[];
  o?: Dictionary;
  init?: (options?: Dictionary) => void;
}

interface Page {
  plausible?: Plausible;
}

function stub(): Plausible {
  const queue: ArrayLike<unknown>[] = [];
  const plausible: Plausible = Object.assign(
    function plausible() {
      // eslint-disable-next-line prefer-rest-params -- the vendor's documented form
      queue.push(arguments);
    },
    {
      q: queue,
      init: (options: Dictionary = {}) => {
        plausible.o = options;
      },
    },
  );
  return plausible;
}

/**
 * The page's `plausible` for a site, and the promise of the script behind it. A script knows one site.
 *
 * The site, and where events go, are told in both forms there are: to the script with an address of its own per site
 * (options) and to the older one for all sites (attributes).
 */
export function plausibleFor(
  site: string,
  script: string,
  endpoint: string,
): { readonly plausible: () => Plausible; readonly loaded: Promise<void> } {
  const page = window as Page;
  claim("Plausible", site);
  let loaded = Promise.resolve();
  if (!page.plausible) {
    page.plausible = stub();
    page.plausible.init?.({ autoCapturePageviews: false, ...(endpoint && { endpoint }) });
    const attributes = { "data-domain": site, ...(endpoint && { "data-api": endpoint }) };
    loaded = vendorScript(script, { attributes });
  }
  const { plausible } = page;
  // Looked up at each call: the script puts its own function in the stub's place.
  return { plausible: () => page.plausible ?? plausible, loaded };
}
