import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { md5Fraction } from "../../src/rules/md5";

describe("the MD5 of a text", () => {
  test("is as a fraction what its first eight bytes say", () => {
    const texts = fc.oneof(fc.string({ unit: "grapheme", maxLength: 200 }), fc.nat(130).map((length) => "x".repeat(length)));
    fc.assert(
      fc.property(texts, (text) => {
        const first = createHash("md5").update(text, "utf8").digest().readBigUInt64BE();
        expect(md5Fraction(text)).toBeCloseTo(Number(first) / 2 ** 64, 15);
      }),
      { numRuns: 500 },
    );
  });
});
