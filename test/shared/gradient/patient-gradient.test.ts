import { describe, expect, it } from "vitest";
import { AppError } from "#shared/errors";
import { gradientNotAsked, gradientUnavailable } from "#shared/gradient/gradient-api";
import { partnerToken } from "#shared/gradient/gradient-token";
import { patientGradient } from "#shared/gradient/patient-gradient";
import { inMemoryGradient } from "#test/fakes/in-memory-gradient";
import { virtualClock } from "#test/fakes/virtual-clock";

const token = partnerToken.parse("gradient-partner-token-0001");
const down = { error: gradientUnavailable("over") };
const throttled = { error: new AppError("unavailable", "gradient.throttled", "Too many requests.") };
const service = { name: "DNS", description: "DNS", category: "security", subcategory: "other" };

const aPatientGradient = () => {
  const clock = virtualClock();
  const gradient = inMemoryGradient();
  gradient.addOrganization({ token });
  return { clock, gradient, patient: patientGradient(gradient, { clock, patienceMs: 3_000 }) };
};

describe("asking Gradient again", () => {
  it("gets over a short failure", async () => {
    const { clock, gradient, patient } = aPatientGradient();
    gradient.failNext("readConnection", down, { times: 3 });
    expect(await clock.settle(patient.readConnection(token))).toMatchObject({ organizationName: "Example MSP" });
  });

  it("gives up when its patience ends", async () => {
    const { clock, gradient, patient } = aPatientGradient();
    const before = clock.now();
    gradient.failNext("readConnection", down, { times: 100 });
    await expect(clock.settle(patient.readConnection(token))).rejects.toMatchObject({ code: "gradient.unavailable" });
    expect(clock.now() - before).toBeLessThanOrEqual(3_000);
  });

  it("does not repeat what Gradient refused for good", async () => {
    const { clock, gradient, patient } = aPatientGradient();
    gradient.failNext("readConnection", { error: new AppError("forbidden", "gradient.token-rejected", "No.") });
    await expect(clock.settle(patient.readConnection(token))).rejects.toMatchObject({
      code: "gradient.token-rejected",
    });
  });

  it("does not create a service again that may have been created", async () => {
    const { clock, gradient, patient } = aPatientGradient();
    gradient.failNext("createService", down, { lands: true });
    await expect(clock.settle(patient.createService(token, service))).rejects.toMatchObject({
      code: "gradient.unavailable",
    });
    expect(gradient.services).toHaveLength(1);
  });

  it("creates a service again that was refused for the rate", async () => {
    const { clock, gradient, patient } = aPatientGradient();
    gradient.failNext("createService", throttled);
    await clock.settle(patient.createService(token, service));
    expect(gradient.services).toHaveLength(1);
  });

  it("does not ask on for somebody whose turn does not come", async () => {
    const { clock, gradient, patient } = aPatientGradient();
    gradient.failNext("readAccounts", { error: gradientNotAsked() });
    await expect(clock.settle(patient.readAccounts(token))).rejects.toMatchObject({ code: "gradient.not-asked" });
  });
});
