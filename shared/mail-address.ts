import * as z from "zod";

// dot-atoms of RFC 5322: what SES takes before the @ without quotes
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const asciiDomain = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/i;

/** A domain in ASCII, as the URL standard has it; empty for what is none. */
const domainToAscii = (domain: string): string => {
  if (/[\s/?#@:\\[\]%]/.test(domain)) return "";
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return "";
  }
};

/**
 * The address as SES takes it: without blanks around it, its domain in ASCII. Undefined for what is no address, or has
 * other characters than ASCII before the @, which SES cannot send to.
 */
export const asciiAddress = (address: string): string | undefined => {
  const text = address.trim();
  const at = text.lastIndexOf("@");
  const [local, domain] = [text.slice(0, at), domainToAscii(text.slice(at + 1))];
  if (at < 1 || local.length > 64 || !localPart.test(local) || !asciiDomain.test(domain)) return undefined;
  const ascii = `${local}@${domain}`;
  return ascii.length > 254 ? undefined : ascii;
};

/** One spelling for each mailbox: a domain has two, and capitals make no other. */
export const mailboxAddress = (address: string): string => (asciiAddress(address) ?? address).toLowerCase();

const noAddress = "This is no e-mail address that mail can be sent to.";

const faultOf = (text: string): string | undefined => {
  if (text.isWellFormed() && asciiAddress(text) !== undefined) return undefined;
  const at = text.lastIndexOf("@");
  if (at < 1 || at === text.length - 1) return "An e-mail address has a name, an @ and a domain.";
  if (/\P{ASCII}/u.test(text.slice(0, at))) return "Before the @, an e-mail address has ASCII characters only.";
  return noAddress;
};

/** An address that mail can be sent to, as it was written, without blanks around it. */
export const mailAddress = z
  .string()
  // for the description of the API, which cannot say what a domain is
  .regex(/^\s*[!-?A-~]+@[^\s@]+\s*$/, { error: ({ input }) => faultOf(String(input).trim()) ?? noAddress, abort: true })
  .trim()
  .superRefine((text, { addIssue }) => {
    const message = faultOf(text);
    if (message !== undefined) addIssue({ code: "custom", message });
  });
