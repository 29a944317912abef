/**
 * Code that only some sources need. The edge puts the parts that a source's manifest calls for before the client, in
 * the same file, so that they cost nobody else a byte and nobody a request: `src/parts/<name>.ts` exports one as its
 * default, the build writes `__PARTS__.<name> = it`.
 */
export interface Parts {
  readonly [name: string]: unknown;
}
