import { expect, it } from "vitest";
import { missingHalfOf } from "#shared/gradient/unmapped-words";

it.each([
  ["No account map found with id: cust-0042", "cust-0042", "account"],
  ["No account map found with id: service-desk", "service-desk", "account"],
  ["No service map found with id: 65aa00000000000000000020", "cust-0042", "service"],
  ["No sku mapping for this vendor", "cust-0042", "service"],
  ["service-desk has no account map", "service-desk", "account"],
  ["No account or service map found", "cust-0042", undefined],
  ["Not Found", "cust-0042", undefined],
  ["Cannot POST /api/vendor-api", "cust-0042", undefined],
  ["Gradient gave no reason (status 404).", "cust-0042", undefined],
  ["", "cust-0042", undefined],
])("reads %j for %s as %s", (message, accountId, missing) => {
  expect(missingHalfOf(message, accountId)).toBe(missing);
});
