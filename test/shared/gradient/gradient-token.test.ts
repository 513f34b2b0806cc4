import { describe, expect, it } from "vitest";
import { cleanPastedToken, gradientTokenHeader, partnerToken, tokenFingerprint } from "#shared/gradient/gradient-token";

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
    ["\ufeffcanary\u200b-token\u200d-0123\u2060456789\u200c"],
  ])("is freed of what copying added: %j", (pasted) => {
    expect(cleanPastedToken(pasted)).toBe(token);
  });

  it("keeps what may belong to it", () => {
    expect(cleanPastedToken("a b")).toBe("a b");
    expect(cleanPastedToken('ab"cd')).toBe('ab"cd');
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
