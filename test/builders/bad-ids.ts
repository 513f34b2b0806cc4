/** Ids that the contract allows, however odd they look. */
export const oddIds = {
  "a name of every object": "constructor",
  "the name of every prototype": "__proto__",
  "128 characters": "x".repeat(128),
  "the separator of our own keys": "cust#1#2",
  "a slash": "a/b/../c",
  spaces: " two  words ",
  "Czech letters": "Řeznictví-Dvořák",
  quotes: `O'Rourke "& Sons"`,
  "characters beyond the basic plane": "🏢".repeat(64),
};

/** Ids that the contract does not allow, with what is said about them. */
export const badIds: Record<string, [id: string, message: string]> = {
  nothing: ["", "An id has at least one character."],
  "129 characters": ["x".repeat(129), "An id has at most 128 characters."],
  "a line break": ["cust\n1", "An id has no control characters."],
  "a zero byte": ["cust\u00001", "An id has no control characters."],
  "a control character of Latin-1": ["cust\u00851", "An id has no control characters."],
  "half a character": ["cust\ud83c", "An id has no control characters."],
  "what is no character": ["cust\ufffe", "An id has no control characters."],
  "a step up": ["..", "An id is neither . nor ..."],
};

/** The same for ids that stand in paths: those of partners and services. */
export const oddPathIds = {
  "128 characters": "x".repeat(128),
  "every mark that there may be": "a._~:@-Z9",
  "a name of every object": "constructor",
  "the name of every prototype": "__proto__",
  "three dots": "...",
};

const foreign = "An id has no characters but A–Z a–z 0–9 . _ ~ : @ -.";
export const badPathIds: Record<string, [id: string, message: string]> = {
  nothing: ["", "An id has at least one character."],
  "129 characters": ["x".repeat(129), "An id has at most 128 characters."],
  "a step up": ["..", "An id is neither . nor ..."],
  "a step nowhere": [".", "An id is neither . nor ..."],
  "a slash": ["a/b", foreign],
  "a blank": ["a b", foreign],
  "a number sign": ["cust#1", foreign],
  "Czech letters": ["Řezník", foreign],
  "a line break": ["cust\n1", foreign],
  "what is no character": ["a\ufffe", foreign],
  "half a character": ["cust\ud83c", foreign],
};
