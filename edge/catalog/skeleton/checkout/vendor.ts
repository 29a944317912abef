import { claim } from "../shared/only-one";
import { vendorScript } from "../shared/vendor-script";

/** `__GLOBAL__`, which keeps each call in `q` until the script puts its own function in its place. */
export interface Vendor {
  (command: string, ...args: unknown[]): void;
  q?: unknown[][];
}

function stub(): Vendor {
  const queue: unknown[][] = [];
  return Object.assign(
    (...call: unknown[]) => {
      queue.push(call);
    },
    { q: queue },
  );
}

/** The page's `__GLOBAL__` for an account, and the promise of the script behind it. A page has one account. */
export function vendorFor(account: string): { readonly vendor: () => Vendor; readonly loaded: Promise<void> } {
  const page = window as { __GLOBAL__?: Vendor };
  claim("__NAME__", account);
  let loaded = Promise.resolve();
  if (!page.__GLOBAL__) {
    page.__GLOBAL__ = stub();
    page.__GLOBAL__("start", account);
    loaded = vendorScript("__SCRIPT__");
  }
  const { __GLOBAL__ } = page;
  // Looked up at each call: the script replaces the stub.
  return { vendor: () => page.__GLOBAL__ ?? __GLOBAL__, loaded };
}
