/** Which half of a line has no mapping. */
export type MissingHalf = "account" | "service";

const account = /account|client/i;
const service = /service|sku|product/i;
// what follows is somebody's id, which may hold any word
const theId = /\bids?\b.*$/is;

const halfIn = (words: string): MissingHalf | undefined => {
  const [isAccount, isService] = [account.test(words), service.test(words)];
  if (isAccount === isService) return undefined;
  return isAccount ? "account" : "service";
};

/**
 * Reads it out of Gradient's words for a 404. Documented is only "No account map found with id: …"; the text for a
 * service is not. Undefined where the words name both or neither, as those of a wrong address would.
 */
export const missingHalfOf = (message: string, accountId: string): MissingHalf | undefined => {
  const words = message.replace(theId, "");
  return halfIn(words) ?? halfIn(words.replaceAll(accountId, ""));
};
