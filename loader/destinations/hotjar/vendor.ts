import { claim } from "../shared/only-one";
import { vendorScript } from "../shared/vendor-script";

/** `hj`, which keeps each call's `arguments` in `q` until the script takes them. */
export interface Hj {
  (...args: unknown[]): void;
  q?: ArrayLike<unknown>[];
}

interface Page {
  hj?: Hj;
  _hjSettings?: { readonly hjid: number; readonly hjsv: number };
}

/** Version of the snippet whose form this is (help.hotjar.com, "Hotjar tracking code"). */
const SNIPPET = 6;

/** The page's `hj` for a site, and the promise of the script behind it. Hotjar records one site per page. */
export function hotjar(siteId: string): { readonly hj: () => Hj; readonly loaded: Promise<void> } {
  const page = window as Page;
  claim("Hotjar", siteId, page._hjSettings && String(page._hjSettings.hjid));
  if (!page.hj) {
    const queue: ArrayLike<unknown>[] = [];
    page.hj = Object.assign(
      function hj() {
        // eslint-disable-next-line prefer-rest-params -- the vendor's documented form
        queue.push(arguments);
      },
      { q: queue },
    );
  }
  const { hj } = page;
  let loaded = Promise.resolve();
  if (!page._hjSettings) {
    page._hjSettings = { hjid: Number(siteId), hjsv: SNIPPET };
    loaded = vendorScript(`https://static.hotjar.com/c/hotjar-${siteId}.js?sv=${String(SNIPPET)}`);
  }
  // Looked up at each call: the script puts its own function in the stub's place.
  return { hj: () => page.hj ?? hj, loaded };
}
