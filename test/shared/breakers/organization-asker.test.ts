import { expect, it } from "vitest";
import { organizationAsker } from "#shared/breakers/organization-asker";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import { inMemoryGradient } from "#test/fakes/in-memory-gradient";
import { inMemoryTokenVault } from "#test/fakes/in-memory-token-vault";

const token = partnerToken.parse("canary-partner-token-1");
const secretName = "gradient-billing/test/partner/1";

const asker = async () => {
  const [gradient, vault] = [inMemoryGradient(), inMemoryTokenVault()];
  gradient.addOrganization({ token });
  const { versionId: tokenVersionId } = await vault.store(secretName, token);
  const keys: string[] = [];
  const ask = organizationAsker({
    vault,
    gradientWith: (vendorKey) => {
      keys.push(vendorKey);
      return gradient;
    },
  });
  return {
    gradient,
    vault,
    keys,
    ask: () => ask({ partnerId: "org-1", secretName, tokenVersionId, vendorKey: "key-1" }),
  };
};

it("is taken where Gradient tells the organization, asked under exactly this key", async () => {
  const { ask, keys } = await asker();
  expect(await ask()).toBe("taken");
  expect(keys).toEqual(["key-1"]);
});

it.each([
  ["forbidden", "gradient.token-rejected", "token-rejected"],
  ["upstream", "gradient.forbidden", "forbidden"],
  ["upstream", "gradient.refused", "taken"],
  ["conflict", "gradient.conflict", "taken"],
  ["unavailable", "gradient.throttled", "unanswered"],
  ["unavailable", "gradient.unavailable", "unanswered"],
] as const)("with %s %s is %s", async (kind, code, answer) => {
  const { ask, gradient } = await asker();
  gradient.failNext("readConnection", { error: new AppError(kind, code, "no") });
  expect(await ask()).toBe(answer);
});

it("is not asked where the token is missing from the store, and fails where the store does", async () => {
  const { ask, vault } = await asker();
  vault.failNext();
  await expect(ask()).rejects.toMatchObject({ code: "secrets.unavailable" });
  await vault.remove(secretName);
  expect(await ask()).toBe("token-missing");
});
