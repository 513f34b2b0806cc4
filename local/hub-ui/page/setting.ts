import type { SamplePerson } from "#local/sample/people";

/** Where the page's servers are, and who may be signed in as. A real hub knows both without asking. */
export interface Setting {
  api: string;
  gradient: string;
  mailbox: string;
  issuer: string;
  people: SamplePerson[];
  /** The page of an organization in Gradient, by its id in the hub. Gradient itself documents no such address. */
  gradientPages: Record<string, string>;
}

export const fetchSetting = async (): Promise<Setting> => {
  const reply = await fetch("/setting.json");
  if (!reply.ok) throw new Error(`The page's setting answered ${reply.status}.`);
  return reply.json();
};
