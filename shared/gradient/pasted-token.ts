import { type PartnerToken, partnerToken } from "./gradient-token.ts";

// Apart and not as a class where a joiner would be read as part of its neighbour: soft hyphen, zero-width characters,
// marks of direction, fillers that show nothing, and the mark at the start of a file.
const invisible =
  /\u00ad|\u034f|\u061c|\u115f|\u1160|\u17b4|\u17b5|\u180e|\u200b|\u200c|\u200d|\u200e|\u200f|[\u202a-\u202e\u2060-\u206f]|\u3164|\ufeff|\uffa0/g;

/** What stands before a token, and what has to stand behind it then, to be taken for something around it. */
const pairs: Record<string, string> = {
  '"': '"”“',
  "'": "'’",
  "`": "`´",
  "*": "*",
  _: "",
  "(": ")",
  "[": "]",
  "{": "}",
  "<": ">",
  "“": '”“"',
  "”": '”"',
  "„": '“”"',
  "‟": '”"',
  "‘": "’‘'",
  "’": "’'",
  "‚": "‘’'",
  "‛": "’'",
  "«": "»",
  "»": "«",
  "‹": "›",
  "›": "‹",
  "「": "」",
  "『": "』",
};

/**
 * Without what nobody sees: invisible characters, and white space, which no token has. A line break in a pasted token
 * is a space by the time a browser's field has it.
 */
const withoutUnseen = (pasted: string): string => pasted.replace(invisible, "").replace(/[\s\u0085]+/g, "");

const withoutPair = (text: string): string => {
  const [first, last] = [text.at(0) ?? "", text.at(-1) ?? ""];
  return text.length > 2 && last !== "" && pairs[first]?.includes(last) ? text.slice(1, -1) : text;
};
// from its end: a pattern would begin anew at each such character inside, once for every pair around it
const withoutTail = (text: string): string => {
  let end = text.length;
  while (end > 0 && ",.;".includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};

/**
 * What a person pasted, without what copying added. Quotes, brackets and asterisks go only as a pair around it, for a
 * token may hold them; a comma or full stop at its end goes, too.
 */
export const cleanPastedToken = (pasted: string): string => {
  for (let text = withoutUnseen(pasted); ; ) {
    const cleaner = withoutPair(withoutTail(text));
    if (cleaner === text) return text;
    text = cleaner;
  }
};

// Many times a token and whatever may stand around it. To look for that takes time by the square of the length.
const maxPasted = 2_048;

/**
 * The tokens that a person may have meant, the likeliest first: where a visible character was taken away, the second is
 * the token as it was pasted. Empty where neither has the shape of one.
 */
export const tokensIn = (pasted: string): PartnerToken[] => {
  if (pasted.length > maxPasted) return [];
  const candidates = new Set([cleanPastedToken(pasted), withoutUnseen(pasted)]);
  return [...candidates].flatMap((text) => {
    const parsed = partnerToken.safeParse(text);
    return parsed.success ? [parsed.data] : [];
  });
};
