import * as z from "zod";
import { customerId } from "#shared/customers/customer";
import { exportReply } from "#shared/exports/export-reply";
import { exportMode } from "#shared/exports/usage-export";
import { identifier } from "#shared/identifier";
import { everyRole } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { serviceId } from "#shared/services/hub-service";

const body = z.strictObject({
  mode: exportMode.default("changes"),
  customerIds: z.array(customerId).min(1).max(500).optional(),
  serviceIds: z.array(serviceId).min(1).max(500).optional(),
  retryOf: identifier.optional(),
});

// 500 ids of customers of 128 characters that take four bytes each, and 500 of services of 128 bytes
const maxBodyBytes = 512 * 1024;

export const startExportRoute = route({
  method: "POST",
  path: "/v1/integrations/gradient/exports",
  // a dry run is for every role, the endpoint sees to the others
  callers: everyRole,
  request: z.object({ body: body.default({ mode: "changes" }) }),
  maxBodyBytes,
});

export const startExportDocs = () =>
  docs({
    id: "startExport",
    tag: "Exports",
    summary: "Send usage",
    description:
      "`retryOf` sends only what that export left over. Unknown ids give no lines. A dry run calls nobody, neither blocks nor is blocked by a run, and every role may ask for it; like every run it is 409 `integration.wrong-step` where nothing may be sent, for instance in `suspended`.",
    example: { mode: "changes", customerIds: ["cust-001"] },
    replies: { 202: { description: "The export begins", body: exportReply } },
    problems: {
      403: ["role.not-allowed"],
      404: ["export.not-found"],
      409: [
        "export.already-running",
        "export.not-over",
        "export.without-lines",
        "integration.wrong-step",
        "agreement.expired",
      ],
    },
  });

export type StartExportReply = ReplyOf<typeof startExportDocs>;
