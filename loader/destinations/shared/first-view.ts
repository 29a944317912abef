import type { Dictionary } from "../../src/objects";
import { textOf, type AnalyticsEvent } from "./message";

/** Addresses of one page, whatever part of it is shown. */
const pageOf = (url: string): string | undefined => url.split("#")[0];

/**
 * The view of the page that a vendor's script starts on, which the script counts by itself.
 *
 * Clients make a page call for that view too; sent on, it would count twice. Any other first call, and every later
 * one, is a view of its own.
 */
export class FirstView {
  private counted: string | undefined;

  /** The script has counted the page's present address. */
  start(): void {
    this.counted = location.href;
  }

  /** Whether this page call is that view. */
  isThisOne({ context }: AnalyticsEvent): boolean {
    const before = this.counted;
    this.counted = undefined;
    const url = textOf((context?.page as Dictionary | undefined)?.url);
    return before !== undefined && url !== undefined && pageOf(before) === pageOf(url);
  }
}
