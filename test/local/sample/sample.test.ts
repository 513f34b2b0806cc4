import { describe, expect, it } from "vitest";
import { expectedCounts, readSample } from "#local/sample/sample";
import { customerRecord } from "#shared/customers/customer";
import { partnerProfile } from "#shared/partners/partner";
import { serviceRecord } from "#shared/services/hub-service";

const sample = readSample();

describe("the sample", () => {
  it("has one partner and four services, three counted in seats and one in connectors", () => {
    expect(sample.partner.id).toBe("org-1001");
    expect(sample.services.map(({ name, unit }) => [name, unit])).toEqual([
      ["DNS Security Essentials", "seat"],
      ["DNS Security Advantage", "seat"],
      ["SIG Essentials", "seat"],
      ["Secure Endpoint", "connector"],
    ]);
  });

  it("has forty customers under ids of their own, two of them trials", () => {
    expect(new Set(sample.customers.map(({ id }) => id)).size).toBe(40);
    expect(sample.customers.filter(({ billing }) => billing === "trial")).toHaveLength(2);
  });

  it("has the names that break things: an apostrophe, Czech, quotes, a very long one, and some that look alike", () => {
    const names = sample.customers.map(({ name }) => name);
    expect(names).toContain("O'Rourke & Sons Joinery");
    expect(names).toContain("Řeznictví a uzenářství Dvořák, s.r.o.");
    expect(names).toContain('Café "Zum Anker" GmbH');
    expect(Math.max(...names.map(({ length }) => length))).toBeGreaterThan(150);
    expect(names.map((name) => name.toLowerCase()).filter((name) => name === "northgate logistics")).toHaveLength(2);
  });

  it("is what the feed takes, Gradient's categories included", () => {
    const { name, ownerName, ownerEmail, timeZone } = sample.partner;
    expect(() => partnerProfile.parse({ name, owner: { name: ownerName, email: ownerEmail }, timeZone })).not.toThrow();
    for (const { id, ...service } of sample.services) expect(serviceRecord.parse(service), id).toEqual(service);
    for (const customer of sample.customers) expect(customerRecord.parse(customer)).toEqual(customer);
  });

  it("measures only customers and services that it has, each pair once today", () => {
    const today = sample.usage.filter(({ measuredAt }) => measuredAt === "today");
    const pairs = today.map(({ customerId, serviceId }) => `${customerId} ${serviceId}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    const known = sample.customers.flatMap(({ id }) => sample.services.map((service) => `${id} ${service.id}`));
    expect(known).toEqual(expect.arrayContaining(pairs));
  });
});

describe("expectedCounts", () => {
  it("leaves out trials, customers that are not provisioned, and services that a customer does not use", () => {
    const counts = expectedCounts();
    expect(counts).toHaveLength(143);
    expect(counts.filter(({ customerId }) => ["cust-1024", "cust-1033", "cust-1040"].includes(customerId))).toEqual([]);
    expect(counts.filter(({ customerId }) => customerId === "cust-1002").map(({ serviceId }) => serviceId)).toEqual([
      "dns-essentials",
      "secure-endpoint",
    ]);
  });

  it("keeps the later of two measurements, so that a count which dropped to zero is zero", () => {
    expect(sample.usage.filter((row) => row.customerId === "cust-1023" && row.serviceId === "dns-advantage")).toEqual([
      expect.objectContaining({ unitCount: 14 }),
      expect.objectContaining({ unitCount: 0, measuredAt: "today" }),
    ]);
    expect(expectedCounts()).toContainEqual({
      customerId: "cust-1023",
      customerName: "Merrow Travel",
      serviceId: "dns-advantage",
      serviceName: "DNS Security Advantage",
      unitCount: 0,
    });
  });

  it("does not depend on the order of the file", () => {
    expect(expectedCounts({ ...sample, usage: sample.usage.toReversed() })).toEqual(expectedCounts());
  });
});
