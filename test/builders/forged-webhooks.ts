import { createHmac } from "node:crypto";

/** What arrives: the three headers, each missing if undefined, and the body's bytes. */
export interface WebhookCall {
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
  body: Buffer;
}

export interface Forgery {
  kind: string;
  call: WebhookCall;
}

/** Two live keys and one of somebody else, made for tests only. */
export const webhookKeys = {
  live: [1, 2].map((number) => `whsec_${Buffer.from(`canary-live-webhook-key-000${number}`).toString("base64")}`),
  foreign: `whsec_${Buffer.from("canary-webhook-key-of-a-stranger").toString("base64")}`,
};

const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const anything = `${plain}.,:;+/=~@ !"'(){}[]%&?*|\\é漢`;
const secretOf = (key: string): Buffer => Buffer.from(key.replace("whsec_", ""), "base64");
const digest = (secret: Buffer | string, id: string, timestamp: string, body: Buffer | string): string =>
  createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest("base64");

/** Calls that nobody with a live key sent like this, of every kind that we know; by the random numbers alone. */
export const webhookForger = (random: () => number, now: Date) => {
  const seconds = Math.floor(now.getTime() / 1000);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const chance = (odds: number): boolean => random() < odds;
  const text = (letters: string, length: number): string => {
    let made = "";
    while (made.length < length) made += letters[below(letters.length)];
    return made;
  };
  const anId = (): string => (chance(0.1) ? text(plain, 1 + below(128)) : `msg_${text(plain, 8)}`);
  const aFreshTime = (): string => String(seconds + below(601) - 300);
  const aBody = (): string => {
    const organizationId = text(chance(0.2) ? anything : plain, 1 + below(12));
    const body = JSON.stringify({ type: "mapping.completed", data: { organizationId } });
    // bodies that look like the parts before them, so that there is something to cut elsewhere
    return chance(0.3) ? `${aFreshTime()}.${body}` : body;
  };
  const signedBy = (key: string, id: string, timestamp: string, body: Buffer | string): string =>
    `v1,${digest(secretOf(key), id, timestamp, body)}`;
  const signed = (id: string, timestamp: string, body: string, key = pick(webhookKeys.live)): WebhookCall => ({
    id,
    timestamp,
    signature: signedBy(key, id, timestamp, body),
    body: Buffer.from(body),
  });
  /** As Gradient sends it, within five minutes of now. */
  const delivery = (id: string, body: string): WebhookCall => signed(id, aFreshTime(), body);
  const authentic = (): WebhookCall => delivery(anId(), aBody());

  const changedAt = (original: string, letters: string): string => {
    const at = below(original.length);
    const other = pick([...letters].filter((letter) => letter !== original[at]));
    return original.slice(0, at) + other + original.slice(at + 1);
  };
  const flipped = (original: Buffer): Buffer => {
    const bytes = Buffer.from(original);
    const at = below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    return bytes;
  };

  const parts = ["id", "timestamp", "signature"] as const;
  const alphabets = { id: plain, timestamp: "0123456789", signature: `${plain}+/=` };
  const kinds: Record<string, () => WebhookCall> = {
    "a changed header": () => {
      const call = authentic();
      const part = pick(parts);
      return { ...call, [part]: changedAt(call[part] ?? "", alphabets[part]) };
    },
    "a changed bit of the body": () => {
      const call = authentic();
      return { ...call, body: flipped(call.body) };
    },
    "bytes that are no text in place of its sign": () => {
      // U+FFFD is what a decoder puts for bytes that are no UTF-8
      const call = signed(anId(), aFreshTime(), `${aBody()}\uFFFD`);
      return { ...call, body: Buffer.concat([call.body.subarray(0, -3), Buffer.of(0x80 + below(64))]) };
    },
    "a header that is cut off": () => {
      const call = authentic();
      const part = pick(parts);
      return { ...call, [part]: chance(0.2) ? undefined : call[part]?.slice(0, below(call[part].length)) };
    },
    "a body that is cut off": () => {
      const call = authentic();
      return { ...call, body: call.body.subarray(0, below(call.body.length)) };
    },
    "a body that goes on": () => {
      const call = authentic();
      return { ...call, body: Buffer.concat([call.body, Buffer.from(text(anything, 1 + below(4)))]) };
    },
    "letters moved from one part to the next": () => {
      const { id = "", timestamp = "", signature, body } = authentic();
      const shift = 1 + below(4);
      if (chance(0.5) && id.length > shift) {
        return { id: id.slice(0, -shift), timestamp: id.slice(-shift) + timestamp, signature, body };
      }
      const moved = Buffer.concat([Buffer.from(timestamp.slice(-shift)), body]);
      return { id, timestamp: timestamp.slice(0, -shift), signature, body: moved };
    },
    "the same bytes, cut at other full stops": () => {
      const { id = "", timestamp = "", signature } = signed(anId(), aFreshTime(), "");
      const [later, body] = [aFreshTime(), aBody()];
      const whole = signedBy(pick(webhookKeys.live), id, timestamp, `${later}.${body}`);
      if (chance(0.1)) return { id, timestamp: later, signature, body: Buffer.from(body) };
      return { id: `${id}.${timestamp}`, timestamp: later, signature: whole, body: Buffer.from(body) };
    },
    "a call that is too old": () => signed(anId(), String(seconds - 301 - below(10 ** (1 + below(9)))), aBody()),
    "a call from the future": () => signed(anId(), String(seconds + 301 + below(10 ** (1 + below(9)))), aBody()),
    "a time that only begins as a number": () => {
      const timestamp = aFreshTime();
      const call = signed(anId(), timestamp, aBody());
      const forms = [
        `${timestamp}abc`,
        `${timestamp}.0`,
        `0${timestamp}`,
        ` ${timestamp}`,
        `+${timestamp}`,
        `${timestamp}e0`,
      ];
      return { ...call, timestamp: pick(forms) };
    },
    "such a time, signed as it stands": () =>
      signed(anId(), `${aFreshTime()}${text("abcxyz.-+ ", 1 + below(4))}`, aBody()),
    "an id of other characters, or too long": () => {
      const id = chance(0.5) ? text(plain, 129 + below(200)) : `${anId()}${pick([..." .,:é漢/+"])}${anId()}`;
      return signed(id, aFreshTime(), aBody());
    },
    "somebody else's key": () => signed(anId(), aFreshTime(), aBody(), webhookKeys.foreign),
    "a key that is guessed from a live one": () => {
      const call = authentic();
      const key = pick(webhookKeys.live);
      const guesses = [secretOf(key).subarray(0, below(24)), Buffer.from(key), "", flipped(secretOf(key))];
      return { ...call, signature: `v1,${digest(pick(guesses), call.id ?? "", call.timestamp ?? "", call.body)}` };
    },
    "another order of what is signed": () => {
      const { id = "", timestamp = "", body } = authentic();
      const orders = [`${timestamp}.${id}.${body}`, `${id}${timestamp}${body}`, `${body}`, `${id}.${timestamp}`];
      const hmac = createHmac("sha256", secretOf(pick(webhookKeys.live))).update(pick(orders));
      return { id, timestamp, signature: `v1,${hmac.digest("base64")}`, body };
    },
    "another signature's name or form": () => {
      const call = authentic();
      const code = (call.signature ?? "").slice(3);
      const forms = [
        code,
        `v2,${code}`,
        `v1a,${code}`,
        `V1,${code}`,
        `v1=${code}`,
        `v1,${code.replace("=", "")}`,
        `v1,${Buffer.from(code, "base64").toString("hex")}`,
        `v1, ${code}`,
        `v1,v1,${code}`,
        `v0,x,v1,${code}`,
        `v1,${text(`${plain}+/`, 43)}=`,
      ];
      return { ...call, signature: pick(forms) };
    },
    "something behind the signature": () => {
      const call = authentic();
      return { ...call, signature: `${call.signature},${text(plain, below(5))}` };
    },
    "the signature of another call": () => ({ ...authentic(), signature: authentic().signature }),
    "many signatures, none of them right": () => {
      const call = authentic();
      const wrong = () => pick([`v1,${text(`${plain}+/`, 43)}=`, `v2,${call.signature?.slice(3)}`, "v1,", "", ","]);
      return { ...call, signature: Array.from({ length: 1 + below(8) }, wrong).join(" ") };
    },
    noise: () => ({
      id: text(anything, below(10)),
      timestamp: chance(0.5) ? aFreshTime() : text(anything, below(12)),
      signature: text(anything, below(60)),
      body: Buffer.from(text(anything, below(60))),
    }),
  };
  const names = Object.keys(kinds);
  const forged = (): Forgery => {
    const kind = pick(names);
    return { kind, call: kinds[kind]?.() ?? authentic() };
  };
  return { kinds: names, delivery, authentic, forged };
};
