import { RARE } from "../rules/rare";
import { rulesWith } from "../rules/rules";

/** Destination filters, whatever their rules need. */
export default rulesWith(RARE);
