import { Refused } from "../../answers.ts";

/** The addresses in a text, however somebody has parted them. */
export const addressesIn = (text: string): string[] => text.split(/[\s,;]+/).filter((part) => part !== "");

/** The same failure, with the address that each fault is about: the service names only its place. */
export const namingAddresses = (error: unknown, recipients: readonly string[]): unknown => {
  if (!(error instanceof Refused) || error.problem.errors === undefined) return error;
  const errors = error.problem.errors.map(({ path, message }) => {
    const [, place] = /^(?:body\.)?recipients\.(\d+)$/.exec(path) ?? [];
    const address = place === undefined ? undefined : recipients[Number(place)];
    return { path, message: address === undefined ? message : `${address}: ${message}` };
  });
  return new Refused({ ...error.problem, errors }, new Headers());
};
