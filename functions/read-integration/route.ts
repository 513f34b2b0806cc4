import * as z from "zod";
import { exportReply, receiptReply } from "#shared/exports/export-reply";
import { everyRole } from "#shared/lambda/http/caller";
import { docs } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { lineOutcome } from "#shared/usage/outcome";
import { integrationReply } from "#shared/views/integration-reply";
import { pageOf } from "#shared/wire";
import { mappingItemsRoute, mappingRoute } from "./mapping-routes.ts";
import { agreementReply, disconnectionReply, eventReply, usageLineReply } from "./replies.ts";

const base = "/v1/integrations/gradient";
const cursor = z.string().optional();
const path = z.object({ exportId: z.string() });
const list = z.object({ query: z.object({ cursor }) });

export const integrationRoute = route({
  method: "GET",
  path: base,
  callers: everyRole,
  request: z.object({}),
  tagged: true,
});
export const integrationDocs = () =>
  docs({
    id: "readIntegration",
    tag: "Integration",
    summary: "Where the integration stands",
    description: "For polling: with `if-none-match` an unchanged state is answered 304, without a body.",
    replies: { 200: { description: "The integration", body: integrationReply } },
  });

export const agreementRoute = route({
  method: "GET",
  path: `${base}/agreement`,
  callers: everyRole,
  request: z.object({}),
});
export const agreementDocs = () =>
  docs({
    id: "readAgreement",
    tag: "Integration",
    summary: "The text in force, and what was confirmed",
    replies: { 200: { description: "The agreement", body: agreementReply } },
  });

export const disconnectionRoute = route({
  method: "GET",
  path: `${base}/disconnection`,
  callers: everyRole,
  request: z.object({}),
});
export const disconnectionDocs = () =>
  docs({
    id: "readDisconnection",
    tag: "Integration",
    summary: "What disconnecting would do",
    replies: {
      200: { description: "What Gradient keeps, and what becomes of what we keep", body: disconnectionReply },
    },
  });

export const usageRoute = route({
  method: "GET",
  path: `${base}/usage`,
  callers: everyRole,
  request: list,
  csv: {
    name: "usage",
    columns: [
      "customerId",
      "customerName",
      "serviceId",
      "serviceName",
      "unitCount",
      "asOf",
      "lastAccepted.unitCount",
      "lastAccepted.at",
      "lastOutcome",
      "isInDoubt",
    ],
  },
});
export const usageDocs = () =>
  docs({
    id: "listUsage",
    tag: "Exports",
    summary: "Every line as an export would have it now",
    description: "A page may hold fewer than others, or none.",
    replies: { 200: { description: "A page of lines, by customer", body: pageOf(usageLineReply) } },
    problems: { 422: ["cursor.invalid"] },
  });

export const exportsRoute = route({ method: "GET", path: `${base}/exports`, callers: everyRole, request: list });
export const exportsDocs = () =>
  docs({
    id: "listExports",
    tag: "Exports",
    summary: "The exports, newest start first",
    replies: { 200: { description: "A page of exports", body: pageOf(exportReply) } },
    skipsUnreadable: true,
    problems: { 422: ["cursor.invalid"] },
  });

export const exportRoute = route({
  method: "GET",
  path: `${base}/exports/{exportId}`,
  callers: everyRole,
  request: z.object({ path }),
});
export const exportDocs = () =>
  docs({
    id: "readExport",
    tag: "Exports",
    summary: "One export with its progress",
    replies: { 200: { description: "The export", body: exportReply } },
    problems: { 404: ["export.not-found"] },
  });

export const receiptsRoute = route({
  method: "GET",
  path: `${base}/exports/{exportId}/lines`,
  callers: everyRole,
  request: z.object({ path, query: z.object({ cursor, outcome: lineOutcome.optional() }) }),
  csv: {
    name: "receipts",
    parts: ["exportId", "outcome"],
    columns: [
      "customerId",
      "customerName",
      "serviceId",
      "serviceName",
      "unitCount",
      "previousUnitCount",
      "asOf",
      "outcome",
      "reason",
      "whatToDo",
      "sentAt",
    ],
  },
});
export const receiptsDocs = () =>
  docs({
    id: "listReceipts",
    tag: "Exports",
    summary: "A receipt for each line of an export",
    description:
      "While it is under way, the receipts that there are so far. A page may hold fewer than others, or none.",
    replies: { 200: { description: "A page of receipts", body: pageOf(receiptReply) } },
    problems: { 404: ["export.not-found"], 422: ["cursor.invalid"] },
  });

export const eventsRoute = route({
  method: "GET",
  path: `${base}/events`,
  callers: everyRole,
  request: list,
  csv: { name: "events", columns: ["id", "type", "at", "actor", "actorName", "role", "address", "details"] },
});
export const eventsDocs = () =>
  docs({
    id: "listEvents",
    tag: "Integration",
    summary: "The audit trail, newest first",
    replies: { 200: { description: "A page of events", body: pageOf(eventReply) } },
    skipsUnreadable: true,
    problems: { 422: ["cursor.invalid"] },
  });

/** In the order in which the stack knows them: the first one gives the integration its logical id. */
export const readRoutes = [
  integrationRoute,
  agreementRoute,
  disconnectionRoute,
  mappingRoute,
  mappingItemsRoute,
  usageRoute,
  exportsRoute,
  exportRoute,
  receiptsRoute,
  eventsRoute,
] as const;
