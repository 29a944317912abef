import type { Dictionary } from "../../src/objects";
import { defined } from "../shared/message";
import type { Settings } from "../shared/settings";

/** The fields of `gtag("config", ...)` for a destination's settings; what equals Google's default is left out. */
export function configuration(settings: Settings): Dictionary {
  const unless = <T>(value: T, usual: T): T | undefined => (value === usual ? undefined : value);
  return defined({
    send_page_view: settings.flag("pageView", true),
    allow_google_signals: unless(settings.flag("allowGoogleSignals", true), true),
    allow_ad_personalization_signals: unless(settings.flag("allowAdPersonalizationSignals", true), true),
    cookie_domain: unless(settings.text("cookieDomain", "auto"), "auto"),
    cookie_expires: unless(settings.number("cookieExpirationInSeconds", 63_072_000), 63_072_000),
    cookie_update: unless(settings.flag("cookieUpdate", true), true),
    cookie_path: unless(settings.text("cookiePath", "/"), "/"),
    cookie_prefix: settings.list("cookiePrefix").join("") || undefined,
    cookie_flags: settings.list("cookieFlags").join(";") || undefined,
  });
}

/** What consent mode assumes before the visitor has chosen; undefined where consent mode is off. */
export function consentDefaults(settings: Settings): Dictionary | undefined {
  if (!settings.flag("enableConsentMode", false)) return undefined;
  return defined({
    ad_storage: settings.text("defaultAdsStorageConsentState", "granted"),
    analytics_storage: settings.text("defaultAnalyticsStorageConsentState", "granted"),
    ad_user_data: settings.text("adUserDataConsentState") || undefined,
    ad_personalization: settings.text("adPersonalizationConsentState") || undefined,
    wait_for_update: settings.number("waitTimeToUpdateConsentStage", 0) || undefined,
  });
}
