/** A vendor whose code knows one account per page was asked for a second one. */
export class SecondAccountError extends Error {
  constructor(vendor: string, account: string, present: string) {
    super(
      `${vendor} knows one account per page, and this page has ${present} already: ` +
        `remove it, or the destination for ${account}`,
    );
    this.name = "SecondAccountError";
  }
}

/** Vendor's name -> account. On the window, not in this module: two sources on a page each run bundles of their own. */
const KEY = Symbol.for("edgewise.accounts");

/**
 * Takes a vendor's one place on this page for an account; throws `SecondAccountError` where another one has it.
 *
 * Without this, both destinations would call the same global, and each account would get the events of both.
 * `present` is the account that the page's own snippet of the vendor has set up, where its global tells.
 */
export function claim(vendor: string, account: string, present?: string): void {
  const page = window as unknown as Record<symbol, Map<string, string> | undefined>;
  const accounts = (page[KEY] ??= new Map<string, string>());
  const holder = accounts.get(vendor) ?? present ?? account;
  if (holder !== account) throw new SecondAccountError(vendor, account, holder);
  accounts.set(vendor, account);
}
