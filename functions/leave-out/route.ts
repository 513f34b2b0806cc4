import * as z from "zod";
import { identifier } from "#shared/identifier";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";

// Ids stand in the body, because they may hold any character.
const ids = z.array(identifier).min(1, "Name at least one.").max(500, "A call takes at most 500 ids.");
const chosen = z.strictObject({ kind: z.enum(["accounts", "services"]), ids });
const reason = z
  .string("Say why, in a sentence.")
  .trim()
  .min(1, "Say why, in a sentence.")
  .max(500, "A reason has at most 500 characters.")
  .refine((text) => text.isWellFormed(), "A reason is a text.");

const base = "/v1/integrations/gradient/mapping";
// 500 ids of 128 characters that take four bytes each
const maxBodyBytes = 512 * 1024;

export const exclusionsRoute = route({
  method: "POST",
  path: `${base}/exclusions`,
  callers: changingRoles,
  request: z.object({ body: chosen.extend({ reason }) }),
  maxBodyBytes,
});

export const inclusionsRoute = route({
  method: "POST",
  path: `${base}/inclusions`,
  callers: changingRoles,
  request: z.object({ body: chosen }),
  maxBodyBytes,
});

const count = z.int().min(0);
const leftOut = z
  .strictObject({ leftOut: z.strictObject({ accounts: count, services: count }) })
  .meta({ id: "LeftOut", description: "How many are left out now" });
const example = { leftOut: { accounts: 1, services: 0 } };
const replies = { 200: { description: "What is left out now", body: leftOut, example } } as const;
const problems = { 404: ["customer.unknown", "service.unknown"], 409: ["integration.wrong-step"] } as const;

export const exclusionsDocs = () =>
  docs({
    id: "leaveOut",
    tag: "Mapping",
    summary: "Leave customers or services out of what is billed",
    description:
      "Like `not-provisioned`: no lines, but one zero for what Gradient still holds, sent by a `mapping` run. Either all ids are known, or nothing changes. A customer that cannot be read is answered with 500 `record.unreadable`, once all others are left out: repeat the call when it has been put right.",
    example: { kind: "accounts", ids: ["cust-001"], reason: "Billed by a contract of its own" },
    replies,
    problems,
  });

export const inclusionsDocs = () =>
  docs({
    id: "takeIn",
    tag: "Mapping",
    summary: "Take in again what was left out",
    example: { kind: "accounts", ids: ["cust-001"] },
    replies,
    problems,
  });

export type LeaveOutReply = ReplyOf<typeof exclusionsDocs>;
