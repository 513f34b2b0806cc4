/** So many characters in a row of a credential are told from words that only happen to be alike. */
const windowLength = 10;

const plain = (text: string): string => text.replace(/[^A-Za-z0-9]+/g, "").toLowerCase();

/** Base64 of text in which the secret stands at any place: the characters that do not depend on its neighbours. */
const inBase64 = (secret: string): string[] =>
  [0, 1, 2].map((before) =>
    Buffer.from("\0".repeat(before) + secret, "utf8")
      .toString("base64")
      .replace(/=+$/, "")
      .slice(before === 0 ? 0 : before + 1, -2),
  );

const spellingsOf = (secret: string): string[] =>
  [secret, Buffer.from(secret, "utf8").toString("hex"), [...secret].reverse().join(""), ...inBase64(secret)].map(plain);

const fromHex = (digits: string): string => {
  const code = Number.parseInt(digits, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
};
const fromDecimal = (digits: string): string =>
  Number(digits) <= 0x10ffff ? String.fromCodePoint(Number(digits)) : "";

/** As a reader's program would show it: escapes of URLs, HTML, JSON and JavaScript undone. */
const decoded = (text: string): string =>
  text
    .replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => fromHex(digits))
    .replace(/\\u\{?([0-9A-Fa-f]{4,6})\}?/g, (_, digits: string) => fromHex(digits))
    .replace(/\\x([0-9A-Fa-f]{2})/g, (_, digits: string) => fromHex(digits))
    .replace(/&#[xX]([0-9A-Fa-f]{1,6});/g, (_, digits: string) => fromHex(digits))
    .replace(/&#([0-9]{1,7});/g, (_, digits: string) => fromDecimal(digits));

/** Fullwidth and other dressed-up letters as the plain ones. */
const undressed = (text: string): string => text.normalize("NFKC");

const holdsPartOf = (text: string, spelling: string): boolean => {
  if (spelling.length < windowLength) return false;
  for (let at = 0; at + windowLength <= spelling.length; at += 1) {
    if (text.includes(spelling.slice(at, at + windowLength))) return true;
  }
  return false;
};

/**
 * Somebody else's words without any of these secrets. What is quoted as it is goes alone; where a part of one is left
 * in another spelling, nothing of the words is shown.
 */
export const withoutSecrets = (words: string, secrets: string[]): string | undefined => {
  // the longest first: the header or the pair would otherwise be left over in pieces
  const known = secrets.filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  const left = known.reduce((text, secret) => text.replaceAll(secret, "[removed]"), words);
  const once = decoded(undressed(left));
  const readings = [left, once, decoded(once)].map(plain);
  const isQuoted = known.flatMap(spellingsOf).some((spelling) => readings.some((text) => holdsPartOf(text, spelling)));
  return isQuoted ? undefined : left;
};
