import { dictionary, isObject, isText, type Dictionary } from "./objects";

/** One device-mode destination of the source (`remotePlugins[]` of the settings document). */
export interface RemotePlugin {
  /** The destination's own name: distinct within its source. */
  readonly name: string;
  /** The definition's name, by which events are routed. */
  readonly creationName: string;
  readonly url: string;
  readonly integrity?: string;
  /** The global that the bundle sets to its plugin factory. */
  readonly libraryName: string;
  readonly settings: Dictionary;
}

export interface Manifest {
  readonly integrations: Record<string, Dictionary>;
  readonly remotePlugins: readonly RemotePlugin[];
  /** Entries of `remotePlugins` that cannot be loaded, each with the reason. */
  readonly rejected: readonly { readonly name: string; readonly creationName: string; readonly reason: string }[];
}

/**
 * What reading a settings document comes to. An unusable one says why and holds nothing: it must never be
 * taken for a manifest without destinations.
 */
export type ManifestOutcome =
  { readonly ok: true; readonly manifest: Manifest } | { readonly ok: false; readonly reason: string };

const REQUIRED = ["name", "creationName", "url", "libraryName"] as const;

function missingField(entry: Dictionary): string | undefined {
  return REQUIRED.find((field) => !isText(entry[field]));
}

/** Reads the document that `/v1/projects/{writeKey}/settings` serves. */
export function readManifest(document: unknown): ManifestOutcome {
  const { integrations, remotePlugins = [] } = dictionary(document);
  if (!isObject(integrations)) return { ok: false, reason: "the settings document has no integrations" };
  if (!Array.isArray(remotePlugins)) return { ok: false, reason: "remotePlugins is not a list" };

  const manifest = {
    integrations: {} as Record<string, Dictionary>,
    remotePlugins: [] as RemotePlugin[],
    rejected: [] as { name: string; creationName: string; reason: string }[],
  };
  for (const [name, settings] of Object.entries(integrations)) {
    if (isObject(settings)) manifest.integrations[name] = settings;
  }
  for (const entry of remotePlugins as unknown[]) {
    const fields = dictionary(entry);
    const missing = missingField(fields);
    if (missing === undefined) {
      manifest.remotePlugins.push({ ...fields, settings: dictionary(fields.settings) } as unknown as RemotePlugin);
    } else {
      manifest.rejected.push({
        name: String(fields.name),
        creationName: String(fields.creationName),
        reason: `the manifest's entry has no ${missing}`,
      });
    }
  }
  return { ok: true, manifest };
}
