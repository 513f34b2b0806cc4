import { expect, it } from "vitest";
import * as z from "zod";
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

it("a mail's message comes again only when the claim of the worker that failed on it is over", () => {
  const [queue] = stack
    .ofType("AWS::SQS::Queue")
    .filter(({ id, Properties }) => stack.placeOf(id).includes("Mail/Queue") && Properties.RedrivePolicy !== undefined);

  expect(queue?.Properties.VisibilityTimeout).toBeGreaterThan(sendingMs / 1000);
});
