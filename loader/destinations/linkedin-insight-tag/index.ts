import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { numberOf } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { addPartner, convert } from "./vendor";

/** LinkedIn Insight Tag: it counts page views by itself, and conversions by the IDs that LinkedIn gave them. */
export default function linkedinInsightTag(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const partnerId = settings.required("partnerId");

  return destination("LinkedIn Insight Tag", {
    load: async () => {
      await addPartner(partnerId);
    },
    track: ({ event = "", messageId }) => {
      const conversionId = numberOf(settings.map("conversions")[event]);
      if (conversionId !== undefined) convert(conversionId, messageId);
    },
  });
}
