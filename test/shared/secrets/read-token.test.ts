import { describe, expect, it } from "vitest";
import { partnerToken } from "#shared/gradient/gradient-token";
import { readToken } from "#shared/secrets/read-token";
import { minutesAfter, noon } from "#test/builders/time";
import { inMemoryTokenVault } from "#test/fakes/in-memory-token-vault";
import { virtualClock } from "#test/fakes/virtual-clock";

const aPartnerToken = partnerToken.parse("gradient-partner-token-0001");

describe("a token in the store", () => {
  const stored = async () => {
    const vault = inMemoryTokenVault();
    const clock = virtualClock(Date.parse(noon));
    const { versionId } = await vault.store("secret", aPartnerToken);
    const read = (checkedAt: string) =>
      clock.settle(readToken({ vault, clock }, { secretName: "secret", versionId, checkedAt }));
    return { vault, read, clock };
  };

  it("is looked for some seconds, since it may have been stored a moment ago", async () => {
    const { vault, read, clock } = await stored();
    vault.missNext(4);

    expect(await read(noon)).toBe(aPartnerToken);
    expect(clock.now() - Date.parse(noon)).toBe(3_750);
  });

  it.each([
    ["missing at once where Gradient took it ten minutes ago or earlier", minutesAfter(-10), "token.missing", 0],
    ["not to be read for now where it is newer", minutesAfter(-9), "secrets.unavailable", 3_750],
  ])("is %s", async (_, checkedAt, code, after) => {
    const { vault, read, clock } = await stored();
    vault.missNext(5);

    await expect(read(checkedAt)).rejects.toMatchObject({ code });
    expect(clock.now() - Date.parse(noon)).toBe(after);
  });

  it("is not looked for again where the store fails", async () => {
    const { vault, read, clock } = await stored();
    vault.failNext();

    await expect(read(noon)).rejects.toMatchObject({ code: "secrets.unavailable" });
    expect(clock.now()).toBe(Date.parse(noon));
  });
});
