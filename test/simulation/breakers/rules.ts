import type { Answer } from "#shared/breakers/state/asking";
import {
  type Breaker,
  iso,
  knownTrouble,
  partnerBreaker,
  partnerOf,
  type Trouble,
} from "#shared/breakers/state/breaker";
import type { Item, Write } from "#shared/table/table";
import { allowances } from "./allowances.ts";
import { type Fleet, isFit, type Truth } from "./fleet.ts";

interface Heard extends Truth {
  partnerId: string;
  call: "count" | "organization";
  key: string;
  sentAt: number;
}

const count = (times: Map<string, number>, id: string) => times.set(id, (times.get(id) ?? 0) + 1);
const dayMs = 24 * 60 * 60_000;
// what is read, decided on and written within this may have changed meanwhile
const slackMs = 2_000;

/** Watches every write and every call of a history, and names each rule that is broken. */
export const rules = (world: Fleet, now: () => number, isFair: boolean) => {
  const faults: string[] = [];
  const fault = (text: string) => {
    if (faults.length < 10) faults.push(`${iso(now()).slice(11, 23)} ${text}`);
  };
  const allowed = allowances({ world, now, isFair, fault });
  const heard: Heard[] = [];
  const suspensions = new Map<string, number>();
  const mails = new Map<string, number>();
  const released = new Set<string>();

  const partnersThat = (answer: Answer, since: number) =>
    new Set(heard.filter((one) => one.answer === answer && one.sentAt > since).map(({ partnerId }) => partnerId));

  /** Whatever was decided last, by a probe or by an operator, is not undone by an older answer. */
  const isFounded = ({ key, trouble }: Breaker, since: number): boolean => {
    const partnerId = partnerOf(key) ?? "";
    const founded: Record<Trouble, () => boolean> = {
      doubted: () => partnersThat("token-rejected", since).has(partnerId),
      refused: () => partnersThat("forbidden", since).has(partnerId),
      "vendor-key": () => partnersThat("token-rejected", since).size > 0,
      "gradient-refuses": () => partnersThat("forbidden", Math.max(since, now() - 62 * 60_000)).size >= 3,
      "gradient-down": () => partnersThat("unanswered", Math.max(since, isFair ? now() - 40_000 : 0)).size >= 3,
    };
    return trouble === null || founded[knownTrouble(trouble)]();
  };
  const isJustStored = () => world.keyStoredAt > now() - slackMs;

  const onDoubted = ({ key }: Breaker) => {
    const refusal = heard.findLast((one) => partnerBreaker(one.partnerId) === key && one.answer === "token-rejected");
    if (isFair && refusal?.key !== world.storedKey && !isJustStored())
      fault(`${key} is doubted for a key that was replaced`);
  };
  const onVendorKey = ({ keyVersion }: Breaker) => {
    const doubted = world.tenants.filter(({ id }) => world.breaker(partnerBreaker(id))?.trouble === "doubted");
    if (doubted.length === 0) fault("our key is blamed although nobody is doubted");
    if (isFair && keyVersion !== world.storedKey && !isJustStored())
      fault("our key is blamed although it was replaced");
    const others = world.tenants.filter(
      (one) => !doubted.includes(one) && world.integrationOf(one.id).state === "active",
    );
    const isGood = world.goodKey === world.storedKey && world.keyWasWrongAt < now() - 90_000;
    const hadNoPart = isGood && world.changedAt < now() - 90_000;
    const isKnownBetter =
      others.length > 0 &&
      others.every((one) => isFit(world, one, now()) && world.breaker(partnerBreaker(one.id))?.trouble == null);
    if (hadNoPart && isKnownBetter && doubted.length === 1) fault("our key is blamed although others' calls are taken");
  };

  const onOpened = (before: Breaker | undefined, after: Breaker) => {
    const { key, trouble } = after;
    const vendor = world.vendorBefore;
    const partner = partnerOf(key);
    if (before?.trouble === trouble && before?.tokenVersionId === after.tokenVersionId)
      fault(`${key} opens again as ${trouble}`);
    if (before?.trouble != null && partner !== undefined) return;
    if (partner !== undefined && vendor?.trouble != null) fault(`${key} opens although ${vendor.trouble} is open`);
    const changes = [before?.changedAt ?? "", partner === undefined ? "" : (vendor?.changedAt ?? "")];
    const since = Math.max(...changes.map((at) => Date.parse(at) || 0));
    if (!isFounded(after, since)) fault(`${key} opens as ${trouble} on what was answered before ${iso(since)}`);
    if (trouble === "doubted") onDoubted(after);
    if (trouble === "vendor-key") onVendorKey(after);
  };

  const onClosed = (before: Breaker, { key, owesRelease }: Breaker, isSuspended: boolean) => {
    if (!owesRelease && !isSuspended) fault(`${key} closes and frees nobody`);
    if (key !== "vendor" || !world.tenants.some((one) => isFit(world, one, now()))) return;
    const since = Date.parse(before.changedAt);
    const answers = heard.filter(({ call, sentAt }) => call === "organization" && sentAt > since);
    const isDown = before.trouble === "gradient-down";
    const isProven = answers.some(({ answer }) => (isDown ? answer !== "unanswered" : answer === "taken"));
    if (!isProven) fault(`${before.trouble} closes although nobody's call got through`);
  };

  const onBreaker = (before: Breaker | undefined, after: Breaker, isSuspended: boolean) => {
    const { key, trouble, probeAt } = after;
    const hasChanged = after.changedAt !== before?.changedAt;
    if (after.tokenVersionId === "typed") fault(`${key} is about a token that a person typed`);
    if (hasChanged && trouble !== null) onOpened(before, after);
    if (before?.trouble != null && trouble === null) onClosed(before, after, isSuspended);
    // a doubt counts its claims; of other trouble the end of a probe that has not helped moves both
    const isMoved = !hasChanged && trouble !== null && probeAt !== before?.probeAt;
    const isClaim = isMoved && (trouble === "doubted" || after.tries === before?.tries);
    const isCorrected = trouble === "vendor-key" && after.keyVersion !== before?.keyVersion;
    if (isClaim && !isCorrected && (before?.probeAt ?? "") > iso(now())) fault(`${key} is probed before its time`);
    if (isClaim || (hasChanged && trouble === "doubted")) allowed.onClaim(after);
    if (trouble === null && after.askingUntil !== before?.askingUntil) {
      if ((before?.askingUntil ?? "") > iso(now())) fault("a third partner is asked by two");
      allowed.onAsking();
    }
    const isReleased = before?.owesRelease && !after.owesRelease && !hasChanged;
    if (isReleased && !released.has(`${key} ${after.changedAt}`)) fault(`${key} has freed nobody`);
  };

  const onSuspended = (partnerId: string) => {
    count(suspensions, partnerId);
    const last = heard.findLast((one) => one.partnerId === partnerId && one.call === "organization");
    const vendor = world.vendorBefore;
    if (vendor?.trouble != null) {
      const others = world.tenants.filter(({ id }) => id !== partnerId && world.integrationOf(id).state === "active");
      const isAlone = !others.some((one) => !world.isPaused(one.id, now()));
      const hasLasted = Date.parse(vendor.changedAt) <= now() - dayMs;
      if (!isAlone || !hasLasted) fault(`${partnerId} is suspended although ${vendor.trouble} is open`);
      return;
    }
    if (last?.fault !== "theirs") fault(`${partnerId} is suspended for a refusal that was not its own`);
    const closedAt = world.closedByOperator.get(partnerBreaker(partnerId)) ?? 0;
    if (last && last.sentAt < closedAt) fault(`${partnerId} is suspended although an operator has freed it`);
  };

  return {
    faults,
    fault,
    /** Told of what has taken effect, with the rows as they were before. */
    onWritten: (writes: Write[], rows: (Item | undefined)[]) => {
      const puts = writes.flatMap((write, at) => ("put" in write ? [{ put: write.put, before: rows[at] }] : []));
      const suspended = puts.find(({ put, before }) => put.state === "suspended" && before?.state !== "suspended");
      for (const { put, before } of puts) {
        if (put.sk === "breaker") {
          onBreaker(before as Breaker | undefined, put as unknown as Breaker, suspended !== undefined);
        }
        if (put.sk.startsWith("mail#token-rejected")) count(mails, String(put.partnerId));
      }
      if (suspended) onSuspended(String(suspended.put.partnerId));
    },
    onAsk: allowed.onAsk,
    onNoted: allowed.onNoted,
    onUnanswered: allowed.onUnanswered,
    onAnswer: (one: Heard) => void heard.push(one),
    onReleased: (key: string, closedAt: string) => void released.add(`${key} ${closedAt}`),
    /** A count goes out. */
    onCount: (partnerId: string, tokenVersionId: string) => {
      if (!isFair) return;
      for (const row of [world.breaker("vendor"), world.breaker(partnerBreaker(partnerId))]) {
        // a second in the cache, and what it takes to read and to send
        const isOld = row?.trouble != null && Date.parse(row.changedAt) < now() - 3000;
        const isAboutIt = row?.tokenVersionId === null || row?.tokenVersionId === tokenVersionId;
        if (isOld && isAboutIt) fault(`${partnerId} sends although ${row.trouble} stands in the way`);
      }
    },
    atEnd: () => {
      for (const id of new Set([...suspensions.keys(), ...mails.keys()])) {
        const [was, told] = [suspensions.get(id) ?? 0, mails.get(id) ?? 0];
        if (was !== told) fault(`${id} is suspended ${was} times and mailed ${told} times`);
      }
      for (const { id } of world.tenants) {
        if (world.breaker(partnerBreaker(id))?.owesRelease) fault(`${id} has not been freed`);
      }
      if (world.breaker("vendor")?.owesRelease) fault("nobody has been freed");
    },
  };
};
export type Rules = ReturnType<typeof rules>;
