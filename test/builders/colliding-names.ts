const letters = [..."abcdefghijklmnopqrstuvwxyz"];

/** Two texts of 13 letters that one hash, as a polynomial of this base in 32 bits, takes for one. */
const collision = (base: number, random: () => number): [string, string] => {
  const letter = () => letters[Math.floor(random() * letters.length)];
  const known = new Map<number, string>();
  for (;;) {
    const text = Array.from({ length: 13 }, letter).join("");
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, base) + text.charCodeAt(at)) | 0;
    const other = known.get(hash);
    if (other !== undefined && other !== text) return [other, text];
    known.set(hash, text);
  }
};

/**
 * Names of 182 letters. A hash base that is often taken has one value for all of them: made of such texts, they meet
 * under it wherever a letter is left out.
 */
export const collidingNames = (count: number, random: () => number): string[] => {
  const pair = collision(0x01000193, random);
  return Array.from({ length: count }, (_, name) =>
    Array.from({ length: 14 }, (_, block) => pair[(name >> (block % 11)) & 1]).join(""),
  );
};
