import { expect, it } from "vitest";
import { gradientTokenHeader, partnerToken } from "#shared/gradient/gradient-token";
import { withoutSecrets } from "#shared/gradient/withheld-words";

const vendorKey = "vk-7Qm2Zx91LpRt4Wd8";
const token = partnerToken.parse("pt-Ka83jFu20sLbYe6N");
const header = gradientTokenHeader(vendorKey, token);
const secrets = [vendorKey, token, header];

const percent = (text: string) =>
  [...text].map((one) => `%${one.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
const entities = (text: string) => [...text].map((one) => `&#${one.charCodeAt(0)};`).join("");
const escapes = (text: string) =>
  [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const wide = (text: string) =>
  [...text].map((one) => String.fromCodePoint(one.charCodeAt(0) + (0xff01 - 0x21))).join("");

const spellings: [string, (secret: string) => string][] = [
  ["in capitals", (secret) => secret.toUpperCase()],
  ["in small letters", (secret) => secret.toLowerCase()],
  ["in percent codes", percent],
  ["in percent codes of percent codes", (secret) => percent(percent(secret))],
  ["in entities", entities],
  ["in escapes", escapes],
  ["in wide letters", wide],
  ["with blanks", (secret) => secret.split("").join(" ")],
  ["in groups", (secret) => secret.replace(/(.{4})/g, "$1-")],
  ["in hexadecimal", (secret) => Buffer.from(secret).toString("hex")],
  ["in Base64", (secret) => Buffer.from(secret).toString("base64")],
  ["in Base64 behind one character", (secret) => Buffer.from(`:${secret}`).toString("base64")],
  ["in Base64 behind two characters", (secret) => Buffer.from(`x:${secret}`).toString("base64url")],
  ["backwards", (secret) => secret.split("").reverse().join("")],
  ["in part", (secret) => secret.slice(2, 15)],
  ["without its padding", (secret) => secret.replace(/=+$/, "")],
];

it.each(spellings)("words that quote a credential %s are not shown", (_, spell) => {
  for (const secret of secrets) {
    const shown = withoutSecrets(`Invalid token ${spell(secret)}, try again`, secrets) ?? "";
    expect(shown).not.toContain(spell(secret));
  }
});

it("one that is quoted as it is goes alone, and other words stay", () => {
  expect(withoutSecrets(`No such token: ${token}.`, secrets)).toBe("No such token: [removed].");
  expect(withoutSecrets("The account a-1 does not exist.", secrets)).toBe("The account a-1 does not exist.");
});
