import { vendorScript } from "../shared/vendor-script";

/** Snap's documented address (businesshelp.snapchat.com, "Install Snap Pixel"). */
const SCRIPT = "https://sc-static.net/scevent.min.js";

/** `snaptr`, which keeps calls in `queue` until the script sets `handleRequest`. */
export interface Snaptr {
  (...args: unknown[]): void;
  handleRequest?: (...args: unknown[]) => void;
  queue: unknown[];
}

/** The page's `snaptr`, made where there is none, and the promise of the script behind it. */
export function snap(): { readonly snaptr: Snaptr; readonly loaded: Promise<void> } {
  const page = window as { snaptr?: Snaptr };
  if (!page.snaptr) {
    const queue: unknown[] = [];
    const snaptr: Snaptr = Object.assign(
      (...args: unknown[]): void => {
        if (snaptr.handleRequest) snaptr.handleRequest(...args);
        else queue.push(args);
      },
      { queue },
    );
    page.snaptr = snaptr;
    script = vendorScript(SCRIPT);
  }
  // A page with Snap's own snippet loads the script itself.
  return { snaptr: page.snaptr, loaded: script ?? Promise.resolve() };
}

let script: Promise<void> | undefined;
