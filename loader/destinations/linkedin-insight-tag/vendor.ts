import { vendorScript } from "../shared/vendor-script";

/** LinkedIn's documented address (linkedin.com/help/lms, "Insight Tag": the tag's code). */
const SCRIPT = "https://snap.licdn.com/li.lms-analytics/insight.min.js";

/** `lintrk`, which keeps calls in `q` until the script puts its own in its place. */
export interface Lintrk {
  (command: string, data: object): void;
  q?: unknown[];
}

interface Page {
  lintrk?: Lintrk;
  _linkedin_partner_id?: string;
  /** Every account whose page view the script reports, read when it runs. */
  _linkedin_data_partner_ids?: string[];
}

/** Adds an account to the page, and gives the promise of the script that reads it. Throws where it has been read. */
export function addPartner(partnerId: string): Promise<void> {
  const page = window as Page;
  const partners = (page._linkedin_data_partner_ids ??= []);
  if (partners.includes(partnerId)) return script ?? Promise.resolve();
  if (page.lintrk && !page.lintrk.q) {
    throw new Error(
      `LinkedIn's script has run for ${partners.join(", ")} and takes no other partner ID any more: ` +
        `put ${partnerId} on the page before it runs`,
    );
  }
  page._linkedin_partner_id ??= partnerId;
  partners.push(partnerId);
  if (!page.lintrk) {
    const lintrk: Lintrk = Object.assign(
      (command: string, data: object): void => {
        lintrk.q?.push([command, data]);
      },
      { q: [] },
    );
    page.lintrk = lintrk;
    script = vendorScript(SCRIPT);
  }
  // A page with LinkedIn's own snippet loads the script itself.
  return script ?? Promise.resolve();
}

/** Reports a conversion; its ID belongs to one account, so no other counts it. */
export function convert(conversionId: number, eventId: string | undefined): void {
  (window as Page).lintrk?.("track", { conversion_id: conversionId, ...(eventId && { event_id: eventId }) });
}

let script: Promise<void> | undefined;
