import * as z from "zod";
import { callJson } from "#local/sample/call-json";

const mappable = z.object({ id: z.string(), name: z.string(), isMapped: z.boolean() });
const organizations = z.object({ items: z.array(z.object({ organizationId: z.string(), name: z.string() })) });
const organization = z.object({ accounts: z.array(mappable), services: z.array(mappable) });
const counts = z.object({
  items: z.array(z.object({ accountId: z.string(), serviceName: z.string().nullable(), unitCount: z.number() })),
});

/** What the partner's own people do in Gradient's pages, done in the sandbox by a program. */
export const partnerSideClient = (gradient: string) => {
  const root = `${gradient}/_partner/organizations`;
  const at = (id: string) => `${root}/${encodeURIComponent(id)}`;
  const post = <S extends z.ZodType>(url: string, body: unknown, answer: S) =>
    callJson({ method: "POST", url, body, answer });

  return {
    /** The id of the organization of that name; of several, the newest. */
    findOrganization: async (name: string): Promise<string | undefined> =>
      (await callJson({ url: root, answer: organizations })).items.findLast((one) => one.name === name)?.organizationId,
    createOrganization: async (name: string): Promise<string> =>
      (await post(root, { name }, z.object({ organizationId: z.string() }))).organizationId,
    generateKey: async (id: string): Promise<string> =>
      (await post(`${at(id)}/keys`, {}, z.object({ partnerToken: z.string() }))).partnerToken,
    readOrganization: (id: string) => callJson({ url: at(id), answer: organization }),
    mapAllExcept: (id: string, exceptAccounts: string[]) =>
      post(`${at(id)}/mappings/auto`, { accounts: "all", services: "all", exceptAccounts }, z.unknown()),
    finish: (id: string) => post(`${at(id)}/finish`, {}, z.unknown()),
    readCounts: async (id: string) => (await callJson({ url: `${at(id)}/counts`, answer: counts })).items,
  };
};
export type PartnerSide = ReturnType<typeof partnerSideClient>;
