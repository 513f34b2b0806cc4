/** Ids that the contract allows, however odd they look. */
export const oddIds = {
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
};
