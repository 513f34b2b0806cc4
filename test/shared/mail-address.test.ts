import { describe, expect, it } from "vitest";
import { mailAddress } from "#shared/mail-address";

const faultsOf = (text: string) => (mailAddress.safeParse(text).error?.issues ?? []).map(({ message }) => message);

describe("an e-mail address", () => {
  it.each([
    ["x", "An e-mail address has a name, an @ and a domain."],
    ["@example.com", "An e-mail address has a name, an @ and a domain."],
    ["dana@", "An e-mail address has a name, an @ and a domain."],
    ["řeznictví@example.com", "Before the @, an e-mail address has ASCII characters only."],
    ["dana..reyes@example.com", "This is no e-mail address that mail can be sent to."],
    ["dana@example", "This is no e-mail address that mail can be sent to."],
  ])("%j is refused with what is wrong with it", (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  it.each(["dana@example.com", " dana@řeznictví.example "])("%j is taken", (text) => {
    expect(faultsOf(text)).toEqual([]);
  });
});
