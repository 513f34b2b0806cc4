import { type Mutant, one } from "./mutant.ts";

const probeVendor = "shared/breakers/probes/probe-vendor.ts";
const candidates = "shared/breakers/verdicts/candidates.ts";
const probePartner = "shared/breakers/probes/probe-partner.ts";
const outageWindow = "shared/breakers/state/outage-window.ts";
const outageWatch = "shared/breakers/verdicts/outage-watch.ts";
const obstacle = "shared/breakers/state/obstacle.ts";
const hintRow = "shared/breakers/state/hint-row.ts";
const breakerRows = "shared/breakers/state/breaker-rows.ts";
const operate = "shared/breakers/state/operate.ts";
const breaker = "shared/breakers/state/breaker.ts";
const probeDue = "shared/breakers/probes/probe-due.ts";

/** Guards around breakers that are open: who waits, who is asked, when, and what closes them. */
export const mutantsOfProbes: Mutant[] = [
  one("breakers, probe: old key kept", "breakers", probeVendor, 'if (what === "vendor-key") vendorKey.forget();', ""),
  one("breakers, others: suspended are asked", "breakers", candidates, "(isActive(one) && !(await", "(!(await"),
  one("breakers, others: who proved it is asked", "breakers", candidates, "hasProven || ", ""),
  one(
    "breakers, others: paused are asked",
    "breakers",
    candidates,
    " || isLeftAlone(one, clock.now())) continue",
    ") continue",
  ),
  one(
    "breakers, others: held are asked",
    "breakers",
    candidates,
    "(isActive(one) && !(await isHeld(context, one)))",
    "isActive(one)",
  ),
  one(
    "breakers, turn: always the first",
    "breakers",
    candidates,
    "const inTurn = [...newcomers.filter((id) => !rotation.includes(id)), ...rotation];",
    "const inTurn = [...newcomers, ...rotation];",
  ),
  one("breakers, turn: paused are asked", "breakers", candidates, " && !isLeftAlone(one, context.clock.now()),", ","),
  one(
    "breakers, turn: suspended are left out",
    "breakers",
    candidates,
    '(isActive(one) || (withSuspended && one.state === "suspended"))',
    "isActive(one)",
  ),
  one(
    "breakers, vendor probe: nobody to ask keeps it open",
    "breakers",
    probeVendor,
    "isActive(next))) {\n      await rows.put(closed(mine, clock.now()));",
    "isActive(next))) {",
  ),
  one(
    "breakers, vendor probe: success not noted",
    "breakers",
    probeVendor,
    'if (answer === "taken") await successes.noteAtOnce(next.partnerId);',
    "",
  ),
  one(
    "breakers, vendor probe: same key again",
    "breakers",
    probeVendor,
    "if (!isDue && key.version === vendor.keyVersion) return undefined;",
    "",
  ),
  one(
    "breakers, vendor probe: corrected key waits",
    "breakers",
    probeVendor,
    'if (!isDue && what !== "vendor-key") return undefined;',
    "if (!isDue) return undefined;",
  ),
  one(
    "breakers, vendor probe: 401 closes vendor-key",
    "breakers",
    probeVendor,
    '"vendor-key": { taken: "over", "token-rejected": "still"',
    '"vendor-key": { taken: "over", "token-rejected": "over"',
  ),
  one(
    "breakers, vendor probe: 403 closes refuses",
    "breakers",
    probeVendor,
    'forbidden: "still", unanswered: "unclear"',
    'forbidden: "over", unanswered: "unclear"',
  ),
  one(
    "breakers, vendor probe: 401 does not end outage",
    "breakers",
    probeVendor,
    '"token-rejected": "over", forbidden: "over", unanswered: "still"',
    '"token-rejected": "still", forbidden: "still", unanswered: "still"',
  ),
  one("breakers, alone: at once", "breakers", probeVendor, "const aloneMs = 24 * hourMs", "const aloneMs = 0"),
  one(
    "breakers, alone: not alone",
    "breakers",
    probeVendor,
    'what === "vendor-key" && isAlone)',
    'what === "vendor-key")',
  ),
  one(
    "breakers, probe: a suspended one counts as nobody",
    "breakers",
    probeVendor,
    "isAlone && !isActive(next)",
    "!isActive(next)",
  ),
  one("breakers, partner probe: not due", "breakers", probePartner, '|| (row.probeAt ?? "") > iso(clock.now())', ""),
  one(
    "breakers, partner probe: although ours is open",
    "breakers",
    probePartner,
    "if (isOpen(await rows.recent(vendorBreaker))) return;",
    "",
  ),
  one(
    "breakers, partner probe: 401 of a refused stays",
    "breakers",
    probePartner,
    'if (answer === "token-rejected") await rows.put(opened(mine, "doubted", clock.now()));',
    "",
  ),
  one("breakers, outage: one partner", "breakers", outageWindow, "const leastPartners = 3", "const leastPartners = 1"),
  one("breakers, outage: any share", "breakers", outageWindow, "const failedShare = 0.8", "const failedShare = 0.1"),
  one(
    "breakers, outage: any age",
    "breakers",
    outageWindow,
    "calls.filter(({ at }) => at > now - windowMs);",
    "calls;",
  ),
  one(
    "breakers, outage: judged calls",
    "breakers",
    outageWatch,
    "calls.forgetUntil(Date.parse(vendor.changedAt));\n",
    "",
  ),
  one("breakers, outage: opens over another", "breakers", outageWatch, "isOpen(vendor) || ", ""),
  one(
    "breakers, outage: nobody is asked",
    "breakers",
    outageWatch,
    "(await isAnswered(vendor, failing)) ?",
    "calls.failing(0).length === 0 ?",
  ),
  one(
    "breakers, outage: asked all the time",
    "breakers",
    outageWatch,
    "const sparedMs = windowMs",
    "const sparedMs = 0",
  ),
  one("breakers, outage: decided meanwhile", "breakers", outageWatch, "vendor.changedAt !== since || ", ""),
  one(
    "breakers, outage: one of the failing is asked",
    "breakers",
    candidates,
    "othersThan(context, failing, vendor, 1)",
    "othersThan(context, [], vendor, 1)",
  ),
  one(
    "breakers, obstacle: of another token",
    "breakers",
    obstacle,
    "isOpen(partner, tokenVersionId) ?",
    "isOpen(partner) ?",
  ),
  one("breakers, cache: for ever", "breakers", breakerRows, "const keptMs = 1000", "const keptMs = 1e9"),
  one(
    "breakers, cache: own write not noticed",
    "breakers",
    breakerRows,
    "for (const { key } of rows) kept.delete(key);",
    "",
  ),
  one(
    "breakers, operator: time not noted",
    "breakers",
    operate,
    "...closed(before, now), ladder",
    "...closed(before, now), changedAt: before.changedAt, ladder",
  ),
  one("breakers, release: never owed", "breakers", breaker, "ladder, owesRelease: true", "ladder, owesRelease: false"),
  one(
    "breakers, release: noted first",
    "breakers",
    probeDue,
    "    await release({ partnerId: partnerOf(key) ?? null, closedAt: row.changedAt });\n    await unlessLost(row, () => rows.put({ ...row, owesRelease: false }));",
    "    await unlessLost(row, () => rows.put({ ...row, owesRelease: false }));\n    await release({ partnerId: partnerOf(key) ?? null, closedAt: row.changedAt });",
  ),
  one(
    "breakers, ladder: no memory",
    "breakers",
    breaker,
    "iso(now) < ladder.until ? ladder.tries : 0",
    "iso(now) < ladder.until ? 0 : 0",
  ),
  one("breakers, ladder: for ever", "breakers", breaker, " && iso(now) < ladder.until ?", " ?"),
  one(
    "breakers, ladder: of another token",
    "breakers",
    breaker,
    "{ ...before, tokenVersionId, ladder: null, falseAlarms: [] }",
    "{ ...before, tokenVersionId }",
  ),
  one(
    "breakers, closed doubts forget the ladder",
    "breakers",
    breaker,
    'was === null || was === "doubted"',
    "was === null",
  ),
  one("breakers, probe: stays where nobody is active", "breakers", probeVendor, "isAlone && !isActive(next)", "false"),
  one(
    "breakers, successes: unreadable stays",
    "breakers",
    hintRow,
    "readableOf([item], (row) =>",
    "[item].map((row) =>",
  ),
  one(
    "breakers, successes: unreadable version stays",
    "breakers",
    hintRow,
    "found ?? { value: none, at: null }",
    "found ?? { value: none, at: item.version }",
  ),
];
