import type { Setting } from "./setting.ts";

/** The API names people by their id in the hub; the hub knows who that is. */
export const nameOf = ({ people }: Setting, sub: string): string =>
  people.find((one) => one.sub === sub)?.name ?? (sub === "service" ? "the service" : sub);
