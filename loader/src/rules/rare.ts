import { globMatches } from "./glob";
import { md5Fraction } from "./md5";

/** What few rules need: patterns of `match`, and samples by a value of the event. */
export const RARE = { globMatches, md5Fraction };

/** The same, or what throws in its place where a page's code is without it. */
export type Rare = typeof RARE;
