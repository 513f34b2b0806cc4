// As they stand at the end of a name once points are gone and words are joined: "s. r. o." is "sro".
const legalForms = new Set(
  (
    "ab ag aps as asa bv bvba co company corp corporation cv dd doo eg eirl ek ev gbr gmbh gmbhcokg inc incorporated kft kg kgaa " +
    "ks kk lda llc llp lp limited ltd ltda mbh nv nyrt og ohg oy oyj plc pllc ptyltd pty pvtltd pvt sa sarl sas se sl snc spa " +
    "spk spol spolsro spzoo srl sro tov ug vof vos zoo zrt zs"
  ).split(" "),
);

// "s p z o o" is the longest that is written as words of their own
const maxLegalFormWords = 5;

const endWithoutLegalForm = (words: string[]): number => {
  for (let count = Math.min(maxLegalFormWords, words.length - 1); count > 0; count -= 1) {
    if (legalForms.has(words.slice(-count).join(""))) return words.length - count;
  }
  return words.length;
};

/**
 * What is left of a name to compare it by: its letters and digits, without case, accents, punctuation, spaces and the legal forms at
 * its end. A name of nothing else keeps its first word.
 */
export const comparableName = (name: string): string => {
  let words = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    // by way of the capitals, so that "ß" and "SS" meet
    .toUpperCase()
    .toLowerCase()
    // "O'Rourke" and "s.r.o." are one word each
    .replaceAll(/['’`.]/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  for (let end = endWithoutLegalForm(words); end < words.length; end = endWithoutLegalForm(words)) {
    words = words.slice(0, end);
  }
  return words.join("");
};
