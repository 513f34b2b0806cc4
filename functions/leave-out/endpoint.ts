import * as z from "zod";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import { httpRoutes } from "#shared/lambda/http-routes";
import type { leaveOut } from "./leave-out.ts";

// Ids stand in the body, because they may hold any character. Only known ones are taken, so their shape is of no
// concern here.
const ids = z.array(z.string().max(512)).min(1, "Name at least one.").max(500, "A call takes at most 500 ids.");
// 500 ids of 128 characters that take four bytes each
const maxBodyBytes = 512 * 1024;

const chosen = z.strictObject({ kind: z.enum(["accounts", "services"]), ids });
const reason = z
  .string("Say why, in a sentence.")
  .trim()
  .min(1, "Say why, in a sentence.")
  .max(500, "A reason has at most 500 characters.")
  .refine((text) => text.isWellFormed(), "A reason is a text.");

const base = "POST /v1/integrations/gradient/mapping";

/** Leaves accounts or services out of what is billed, and takes them in again. */
export const leaveOutEndpoint = (leave: ReturnType<typeof leaveOut>) =>
  httpRoutes({
    [`${base}/exclusions`]: personEndpoint({
      request: z.object({ body: chosen.extend({ reason }) }),
      maxBodyBytes,
      run: async ({ request: { body }, person: { partnerId, by } }) => ({
        status: 200,
        body: { leftOut: await leave({ ...body, partnerId, by }) },
      }),
    }),
    [`${base}/inclusions`]: personEndpoint({
      request: z.object({ body: chosen }),
      maxBodyBytes,
      run: async ({ request: { body }, person: { partnerId, by } }) => ({
        status: 200,
        body: { leftOut: await leave({ ...body, reason: null, partnerId, by }) },
      }),
    }),
  });
