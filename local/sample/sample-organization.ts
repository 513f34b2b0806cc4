import * as z from "zod";
import { callJson } from "./call-json.ts";
import { readPsa, readSample } from "./sample.ts";

const organization = z.object({ organizationId: z.string(), name: z.string(), connected: z.boolean() });

/**
 * A partner as an organization in the Gradient sandbox: the one of its name, or a new one that nobody has a key of yet.
 * Of several of that name, the newest.
 */
export const openOrganization = async (
  gradient: string,
  name: string,
  psa: Partial<ReturnType<typeof readPsa>> = {},
): Promise<z.infer<typeof organization>> => {
  const url = `${gradient}/_partner/organizations`;
  const { items } = await callJson({ url, answer: z.object({ items: z.array(organization) }) });
  return (
    items.findLast((one) => one.name === name) ??
    (await callJson({ method: "POST", url, body: { name, ...psa }, answer: organization }))
  );
};

export const openSampleOrganization = (gradient: string) =>
  openOrganization(gradient, readSample().partner.name, readPsa());

/** What a person types to get the organization's key. */
export const keyCommand = (gradient: string, organizationId: string): string =>
  `curl -X POST ${gradient}/_partner/organizations/${organizationId}/keys`;
