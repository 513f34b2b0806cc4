import * as z from "zod";
import { callJson } from "#local/sample/call-json";

const integration = z.object({
  state: z.string(),
  nextEnabled: z.boolean(),
  token: z.object({ status: z.string(), lastFour: z.string() }).nullish(),
  gradient: z.object({ organizationName: z.string().nullish(), status: z.string().nullish() }).nullish(),
  agreement: z
    .object({
      version: z.string(),
      confirmedAt: z.string().nullish(),
      ownerEmail: z.object({ status: z.string(), at: z.string() }).nullish(),
    })
    .nullish(),
});

const agreement = z.object({ version: z.string(), sha256: z.string(), title: z.string(), markdown: z.string() });

export const lineOutcomes = ["accepted", "unchanged", "unmapped", "rejected", "deferred", "superseded"] as const;
const lineOutcome = z.enum(lineOutcomes);
export type LineOutcome = z.infer<typeof lineOutcome>;

const usageExport = z.object({
  id: z.string(),
  trigger: z.string(),
  mode: z.string(),
  state: z.enum(["planned", "sending", "finished", "cancelled"]),
  outcome: z.string().nullable(),
  totals: z.object({
    lines: z.number(),
    accepted: z.number(),
    unchanged: z.number(),
    unmapped: z.number(),
    rejected: z.number(),
    deferred: z.number(),
    superseded: z.number(),
  }),
});
export type UsageExport = z.infer<typeof usageExport>;

const receipt = z.object({
  customerId: z.string(),
  customerName: z.string(),
  serviceId: z.string(),
  serviceName: z.string(),
  /** Null where the export ended before the number was read. */
  unitCount: z.number().nullable(),
  outcome: lineOutcome,
  reason: z.string().nullable(),
});
export type Receipt = z.infer<typeof receipt>;

const listOf = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** The routes that the hub's own pages use, as a signed-in person calls them. */
export const hubClient = ({ api, accessToken }: { api: string; accessToken: string }) => {
  const base = `${api}/v1/integrations/gradient`;
  const get = <S extends z.ZodType>(path: string, answer: S) =>
    callJson({ url: `${base}${path}`, accessToken, answer });
  const send = <S extends z.ZodType>(method: "POST" | "PUT", path: string, call: { body?: unknown; answer: S }) =>
    callJson({ method, url: `${base}${path}`, accessToken, ...call });

  return {
    readIntegration: () => get("", integration),
    startIntegration: () => send("POST", "", { body: {}, answer: z.unknown() }),
    registerToken: (partnerToken: string) => send("PUT", "/token", { body: { partnerToken }, answer: z.unknown() }),
    readAgreement: () => get("/agreement", agreement),
    confirmAgreement: (text: { version: string; sha256: string }) =>
      send("POST", "/agreement/confirmations", { body: text, answer: z.unknown() }),
    /** The newest exports, newest first. */
    listExports: async () => (await get("/exports", listOf(usageExport))).items,
    readExport: (id: string) => get(`/exports/${encodeURIComponent(id)}`, usageExport),
    startFullExport: () => send("POST", "/exports", { body: { mode: "full" }, answer: usageExport }),
    /** Every receipt of an export, page by page. */
    readReceipts: async (id: string): Promise<Receipt[]> => {
      const receipts: Receipt[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const query: string = cursor === "" ? "" : `?cursor=${encodeURIComponent(cursor)}`;
        const page: z.infer<ReturnType<typeof listOf<typeof receipt>>> = await get(
          `/exports/${encodeURIComponent(id)}/lines${query}`,
          listOf(receipt),
        );
        receipts.push(...page.items);
        cursor = page.nextCursor;
      }
      return receipts;
    },
  };
};
export type HubClient = ReturnType<typeof hubClient>;
