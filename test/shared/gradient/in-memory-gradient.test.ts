import { expect, it } from "vitest";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import { inMemoryGradient } from "#test/fakes/in-memory-gradient";

const token = partnerToken.parse("canary-partner-token");
const count = { serviceId: "dns", accountId: "cust-1", unitCount: 4, rebuildsViews: true };

const aMappedPartner = async () => {
  const gradient = inMemoryGradient();
  gradient.addOrganization({ token });
  await gradient.createAccounts(token, [{ id: "cust-1", name: "Fir Bakery" }]);
  gradient.mapAccount(token, "cust-1");
  gradient.mapService(token, "dns");
  return gradient;
};

it("answers the next calls as planned, in order, and then by itself again", async () => {
  const gradient = await aMappedPartner();
  gradient.failNext("setUnitCount", { answer: { kind: "forbidden" } }, { times: 2 });
  gradient.failNext("setUnitCount", { error: new Error("killed") });

  expect(await gradient.setUnitCount(token, count)).toEqual({ kind: "forbidden" });
  expect(await gradient.setUnitCount(token, count)).toEqual({ kind: "forbidden" });
  await expect(gradient.setUnitCount(token, count)).rejects.toThrow("killed");
  expect(gradient.countOf(token, "cust-1", "dns")).toBeUndefined();
  expect(await gradient.setUnitCount(token, count)).toEqual({ kind: "accepted" });
  expect(gradient.countsReceived).toHaveLength(4);
});

it("can lose the answer alone", async () => {
  const gradient = await aMappedPartner();
  gradient.failNext("setUnitCount", { answer: { kind: "in-doubt", reason: "reset" } }, { lands: true });
  expect(await gradient.setUnitCount(token, count)).toMatchObject({ kind: "in-doubt" });
  expect(gradient.countOf(token, "cust-1", "dns")).toBe(4);

  const unavailable = new AppError("unavailable", "gradient.unavailable", "x");
  gradient.failNext("setStatus", { error: unavailable }, { lands: true });
  await expect(gradient.setStatus(token, "pending")).rejects.toBe(unavailable);
  expect(await gradient.readConnection(token)).toMatchObject({ status: "pending" });
});

it("keeps partners apart", async () => {
  const gradient = await aMappedPartner();
  const other = partnerToken.parse("canary-another-token");
  gradient.addOrganization({ token: other, organizationName: "Other MSP" });
  await gradient.setUnitCount(token, count);
  expect(await gradient.readAccounts(other)).toEqual([]);
  expect(gradient.countOf(other, "cust-1", "dns")).toBeUndefined();
});
