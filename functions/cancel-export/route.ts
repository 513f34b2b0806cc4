import * as z from "zod";
import { exportReply } from "#shared/exports/export-reply";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { noBody } from "#shared/wire";

export const cancelExportRoute = route({
  method: "DELETE",
  path: "/v1/integrations/gradient/exports/{exportId}",
  callers: changingRoles,
  request: z.object({ path: z.object({ exportId: z.string().max(128) }), body: noBody }),
});

export const cancelExportDocs = () =>
  docs({
    id: "cancelExport",
    tag: "Exports",
    summary: "Cancel an export",
    replies: { 202: { description: "Nothing more of it is sent", body: exportReply } },
    problems: { 404: ["export.not-found"] },
  });

export type CancelExportReply = ReplyOf<typeof cancelExportDocs>;
