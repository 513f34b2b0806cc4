import { expect, it } from "vitest";
import * as z from "zod";
import { gradientWithinMs, tryTimeoutMs } from "#functions/register-token/patience";
import { sendingMs } from "#functions/send-owner-mail/send-owner-mail";
import { heldMs } from "#shared/integrations/record/looks";
import { synthesised } from "./synthesised.ts";

const stack = synthesised("local");

it.each([
  ["send-owner-mail", sendingMs],
  ["sync-accounts", heldMs],
])("a claim of %s outlasts the worker that made it", (folder, claimMs) => {
  const timeoutSeconds = z.int().parse(stack.functions().get(folder)?.Properties.Timeout);

  expect(claimMs).toBeGreaterThan(timeoutSeconds * 1000);
});

it("who pastes a key is answered although Gradient takes its time, and before API Gateway gives up", () => {
  const timeoutSeconds = z.int().parse(stack.functions().get("register-token")?.Properties.Timeout);

  // the key is stored, and a cold start comes before all
  const ownMs = 5_000;
  expect(tryTimeoutMs).toBeGreaterThanOrEqual(6_000);
  expect(timeoutSeconds * 1000).toBeGreaterThan(gradientWithinMs + ownMs);
  expect(timeoutSeconds).toBeLessThan(29);
});

it("a mail's message comes again only when the claim of the worker that failed on it is over", () => {
  const [queue] = stack
    .ofType("AWS::SQS::Queue")
    .filter(({ id, Properties }) => stack.placeOf(id).includes("Mail/Queue") && Properties.RedrivePolicy !== undefined);

  expect(queue?.Properties.VisibilityTimeout).toBeGreaterThan(sendingMs / 1000);
});
