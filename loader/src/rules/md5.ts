const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
/** Rotations of each round, in turn. */
const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];

/** The first eight bytes of a text's MD5 (RFC 1321) as a fraction, big end first: 0 <= fraction < 1. */
export function md5Fraction(text: string): number {
  const bytes = new TextEncoder().encode(text);
  const words = new Int32Array((((bytes.length + 8) >> 6) + 1) * 16);
  [...bytes, 128].forEach((byte, index) => {
    words[index >> 2] = (words[index >> 2] ?? 0) | (byte << (index % 4 << 3));
  });
  words[words.length - 2] = bytes.length * 8;
  let [a0, b0, c0, d0] = START as [number, number, number, number];
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d] = [a0, b0, c0, d0];
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0;
      const word = [step, 5 * step + 1, 3 * step + 5, 7 * step][round] ?? 0;
      const sine = Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32);
      const sum = (a + mixed + sine + (words[block + (word & 15)] ?? 0)) | 0;
      const shift = SHIFTS[round]?.[step % 4] ?? 0;
      [a, b, c, d] = [d, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0, b, c];
    }
    [a0, b0, c0, d0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, a0, true);
  view.setInt32(4, b0, true);
  return view.getUint32(0) / 2 ** 32 + view.getUint32(4) / 2 ** 64;
}
