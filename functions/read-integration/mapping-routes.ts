import * as z from "zod";
import { everyRole } from "#shared/lambda/http/caller";
import { docs } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { pageOf } from "#shared/wire";
import { mappingItemReply, mappingReply } from "./mapping-replies.ts";

const base = "/v1/integrations/gradient/mapping";
const cursor = z.string().optional();

export const mappingRoute = route({
  method: "GET",
  path: base,
  callers: everyRole,
  request: z.object({}),
});
export const mappingDocs = () =>
  docs({
    id: "readMapping",
    tag: "Mapping",
    summary: "What is mapped in Gradient, and what its gaps cost",
    replies: { 200: { description: "The mapping", body: mappingReply } },
  });

export const mappingItemsRoute = route({
  method: "GET",
  path: `${base}/items`,
  callers: everyRole,
  request: z.object({
    query: z.object({
      kind: z.enum(["accounts", "services"]),
      status: z.enum(["unmapped", "left-out"]).optional(),
      cursor,
    }),
  }),
  csv: {
    name: "mapping",
    parts: ["kind", "status"],
    columns: [
      "id",
      "name",
      "unbilledUnits",
      "wasMappedAt",
      "status",
      "leftOut.reason",
      "leftOut.note",
      "leftOut.by",
      "leftOut.at",
      "isKnown",
    ],
  },
});
export const mappingItemsDocs = () =>
  docs({
    id: "listMappingItems",
    tag: "Mapping",
    summary: "Everything that is unmapped or left out",
    description: "A page may hold fewer than others, or none.",
    replies: { 200: { description: "A page of accounts or services", body: pageOf(mappingItemReply) } },
    problems: { 422: ["cursor.invalid"] },
  });
