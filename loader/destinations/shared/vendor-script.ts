/** Milliseconds after which a vendor's script that has not answered is no longer waited for. */
export const VENDOR_DEADLINE_MS = 10_000;

export interface VendorScript {
  readonly integrity?: string;
  /** What the vendor's documented tag carries besides its address, such as `id` or `data-site-id`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Milliseconds to wait. */
  readonly deadline?: number;
}

/**
 * Inserts a vendor's script once per page and bundle.
 *
 * Resolves when it has run, or when it has not answered by the deadline: the vendor's stub keeps the calls, and
 * the script may still come. Rejects when the browser says that it will not come (blocked, 404, integrity).
 */
export function vendorScript(
  url: string,
  { integrity, attributes = {}, deadline = VENDOR_DEADLINE_MS }: VendorScript = {},
): Promise<void> {
  const known = inserted.get(url);
  if (known) return known;
  const loading = new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.async = true;
    script.src = url;
    if (integrity) {
      script.integrity = integrity;
      script.crossOrigin = "anonymous";
    }
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    // A page with a nonce in its policy needs it on every script; any of its own scripts tells it.
    const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
    if (nonce) script.nonce = nonce;
    const timer = setTimeout(resolve, deadline);
    script.onload = () => {
      clearTimeout(timer);
      resolve();
    };
    script.onerror = () => {
      clearTimeout(timer);
      reject(new Error(`${new URL(url).host} could not be reached, or is blocked`));
    };
    document.head.appendChild(script);
  });
  inserted.set(url, loading);
  return loading;
}

const inserted = new Map<string, Promise<void>>();
