import type { Dictionary } from "../../src/objects";
import { claim } from "../shared/only-one";
import { vendorScript } from "../shared/vendor-script";

/** `Intercom`, which keeps each call's `arguments` in `q` until the script takes them. */
export interface Intercom {
  (command: string, ...args: unknown[]): void;
  q?: ArrayLike<unknown>[];
  /** What the stub does with the arguments of a call. */
  c?: (args: ArrayLike<unknown>) => void;
}

interface Page {
  Intercom?: Intercom;
  intercomSettings?: Dictionary;
}

function stub(): Intercom {
  const queue: ArrayLike<unknown>[] = [];
  const keep = (args: ArrayLike<unknown>): void => {
    queue.push(args);
  };
  return Object.assign(
    function intercom() {
      // eslint-disable-next-line prefer-rest-params -- the vendor's documented form
      keep(arguments);
    },
    { q: queue, c: keep },
  );
}

/** The page's `Intercom` for a workspace, and the promise of the script behind it. A page has one messenger. */
export function intercomFor(appId: string): { readonly intercom: () => Intercom; readonly loaded: Promise<void> } {
  const page = window as Page;
  const present = page.intercomSettings?.app_id;
  claim("Intercom", appId, typeof present === "string" ? present : undefined);
  let loaded = Promise.resolve();
  if (!page.Intercom) {
    page.Intercom = stub();
    // intercom.com/help, "Install Intercom": the messenger's code.
    loaded = vendorScript(`https://widget.intercom.io/widget/${encodeURIComponent(appId)}`);
  }
  const { Intercom } = page;
  // Looked up at each call: the script puts its own function in the stub's place.
  return { intercom: () => page.Intercom ?? Intercom, loaded };
}
