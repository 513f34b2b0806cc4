import { describe, expect, it } from "vitest";
import { gradientTokenHeader, partnerToken, tokenFingerprint } from "#shared/gradient/gradient-token";
import { cleanPastedToken, tokensIn } from "#shared/gradient/pasted-token";

const token = partnerToken.parse("canary-token-0123456789");

describe("a pasted token", () => {
  it.each([
    ["  canary-token-0123456789\t\n"],
    ['"canary-token-0123456789"'],
    ["'canary-token-0123456789' "],
    ["`canary-token-0123456789`"],
    ["“canary-token-0123456789”"],
    ["‘canary-token-0123456789’"],
    ["canary-token-\r\n   0123456789"],
    // a browser's field makes a space of a line break
    ["canary-token- 0123456789"],
    ["canary-\ttoken-\u00a0\u0085  0123456789"],
    ["\ufeffcanary\u200b-token\u200d-0123\u2060456789\u200c"],
    ["«canary-token-0123456789»"],
    ["„canary-token-0123456789“,"],
    ["‚canary-token-0123456789‘."],
    ["**canary-token-0123456789**"],
    ["(`canary-token-0123456789`)."],
    ["[canary-token-0123456789], "],
    ["<canary-token-0123456789>"],
    ["\u00a0canary-\u00adtoken-0123456789\u00a0\u202c"],
    ["\u202dcanary-token-\u2028 0123456789"],
  ])("is freed of what copying added: %j", (pasted) => {
    expect(cleanPastedToken(pasted)).toBe(token);
  });

  it("is tried as it was pasted, too, where something visible was taken away", () => {
    expect(tokensIn(" canary-token-0123456789\n")).toEqual([token]);
    expect(tokensIn("canary-token-0123456789.")).toEqual([token, "canary-token-0123456789."]);
    expect(tokensIn("„canary-token-0123456789“")).toEqual([token]);
    expect(tokensIn("x".repeat(10_000))).toEqual([]);
  });

  it.each([",", " ", "(", "\u200b", ". "])("is soon done with a text full of %j", (filler) => {
    const began = performance.now();

    expect(tokensIn(`x${filler.repeat(60_000)}x`)).toEqual([]);
    expect(tokensIn(`${"(".repeat(30_000)}x${")".repeat(30_000)}`)).toEqual([]);

    // looked at as one that a person may have pasted, it takes half a minute
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("is soon done with the longest text, full of pairs around a run of commas", () => {
    const began = performance.now();

    for (let time = 0; time < 20; time += 1) {
      expect(tokensIn(`${"(".repeat(500)}${",".repeat(1_040)}x${")".repeat(500)}`)).toEqual([]);
    }

    // by a pattern it takes ten seconds and more
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("keeps what may belong to it", () => {
    expect(cleanPastedToken('ab"cd')).toBe('ab"cd');
    for (const odd of ['"canary-token', "canary-token*", "(canary-token", "canary-token]"]) {
      expect(cleanPastedToken(odd)).toBe(odd);
    }
  });

  it.each([
    ["x".repeat(16), true],
    ["x".repeat(256), true],
    ["!~".repeat(8), true],
    ["x".repeat(15), false],
    ["x".repeat(257), false],
    [`${"x".repeat(16)} y`, false],
    [`${"x".repeat(16)}:y`, false],
    [`${"x".repeat(16)}ž`, false],
    [`${"x".repeat(16)}\n`, false],
  ])("%j has the shape of one: %s", (text, fits) => {
    expect(partnerToken.safeParse(text).success).toBe(fits);
  });

  it("that does not fit is not repeated in the message", () => {
    expect(JSON.stringify(partnerToken.safeParse("canary: secret").error)).not.toContain("canary: secret");
  });
});

it("the fingerprint tells tokens apart and depends on the key", () => {
  const other = partnerToken.parse("canary-token-0123456780");
  expect(tokenFingerprint(token, "k")).toBe(tokenFingerprint(token, "k"));
  expect(tokenFingerprint(token, "k")).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([tokenFingerprint(token, "k"), tokenFingerprint(other, "k"), tokenFingerprint(token, "l")]).size).toBe(
    3,
  );
});

it("the header is the two keys in Base64", () => {
  expect(gradientTokenHeader("vendor", token)).toBe("dmVuZG9yOmNhbmFyeS10b2tlbi0wMTIzNDU2Nzg5");
});
