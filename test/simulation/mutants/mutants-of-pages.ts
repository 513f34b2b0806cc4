import { type Mutant, one } from "./mutant.ts";

const results = "shared/exports/ending/result-mails.ts";
const checking = "functions/check-mapping/check-mapping.ts";
const mapped = "shared/customers/mapped.ts";
const mapping = "functions/read-integration/mapping/read-mapping.ts";
const digest = "functions/watch-mails/owe-reminders.ts";
const zeros = "shared/views/zeros-left.ts";
const ending = "functions/sync-accounts/end-look.ts";

/** Guards around what a person is told, and may do, while Gradient's trouble holds the calls. */
export const mutantsOfPages: Mutant[] = [
  one("held: a press is told by mail", "deeds", results, " || hasPageTold(over)", ""),
  one(
    "held: a run of the service is told by no mail",
    "deeds",
    results,
    "startedBy !== serviceActor.actor && chunks",
    "chunks",
  ),
  one("held: what a press has left in the middle is told by no mail", "deeds", results, "chunks === null && ", ""),
  one("held: a look is told to be made at once", "pages", checking, "?.retryAt ?? null;", "?.retryAt ? null : null;"),
  one(
    "held: a repeated press is told so",
    "pages",
    checking,
    "pressHeldUntil: heldUntil, isPressTold: !isAutomatic",
    "isPressTold: !isAutomatic",
  ),
  one(
    "a service that no count has tried is told to be unmapped",
    "pages",
    mapped,
    'shown.acceptedAt === "" && shown.missedAt === "" && !shown.isDoubted ? null : judged',
    "judged",
  ),
  one(
    "a 404 that names neither half tells nothing",
    "pages",
    mapped,
    "isDoubted: before.isDoubted || shown.isDoubted,",
    "isDoubted: false,",
  ),
  one(
    "a wish for everything makes what was mapped unmapped",
    "pages",
    mapped,
    "return takenAt > contraryAt ? null : false;",
    "return false;",
  ),
  one(
    "a 404 that names the account tells of the service",
    "pages",
    mapped,
    'missedAt: missedAt("service"), isDoubted });',
    'missedAt: missedAt("service"), isDoubted: isMissed });',
  ),
  one(
    "a service that was seen mapped is not known after a press",
    "pages",
    mapped,
    "?? (seen.has(serviceId) ? true : null)",
    "",
  ),
  one(
    "what was seen mapped under an earlier token counts",
    "pages",
    mapped,
    "toldAt === null ? [] : seenServiceIds",
    "seenServiceIds",
  ),
  one(
    "a line is unmapped where one half is not known",
    "pages",
    mapped,
    "return account === null || service === null ? null : true;",
    "return account === null || service === null ? false : true;",
  ),
  one("zeros that are held are told to wait for a try", "pages", zeros, "obstacle.retryAt > closing.retryAt", "false"),
  one("zeros that go out are told to wait", "pages", zeros, "if (isRunning || ", "if ("),
  one("zeros that wait are told to go out", "pages", zeros, "tries === 0 &&", "true ||"),
  one(
    "unreadable counts are shown as unknown ones",
    "rows",
    "functions/read-integration/read-usage-lines.ts",
    "found.filter(({ id }) => !unreadable.has(id))",
    "found",
  ),
  one(
    "unreadable counts leave no unit unbilled, says the list",
    "rows",
    "functions/read-integration/mapping/read-mapping-items.ts",
    " && !unreadable.has(id)",
    "",
  ),
  one(
    "unreadable counts leave no unit unbilled, says the sum",
    "rows",
    mapping,
    "customers.filter(({ id }) => !unreadable.has(id))",
    "customers",
  ),
  one(
    "unreadable counts leave no unit unbilled, keeps a look",
    "rows",
    "functions/sync-accounts/keep-for-pages.ts",
    "seen.customers.filter(({ id }) => !unreadableUsage.has(id))",
    "seen.customers",
  ),
  one(
    "who has disconnected hears that its calls are held",
    "pages",
    "shared/views/integration-view.ts",
    "used ? partnerId : null",
    "partnerId",
  ),
  one(
    "zeros of a disconnect are held by another key's trouble",
    "pages",
    "shared/views/integration-view.ts",
    "token ?? closing?.token",
    "token",
  ),
  one(
    "Gradient's word outlives the connection",
    "pages",
    "shared/integrations/integration.ts",
    "token === null ? null : mapping.lastCheckedAt",
    "mapping.lastCheckedAt",
  ),
  one(
    "what is left out counts as mapped",
    "pages",
    "shared/views/integration-view.ts",
    "mapping.mappedServiceIds.filter(isInUse).length",
    "mapping.mappedServiceIds.length",
  ),
  one("what was decided since is not shown", "pages", mapping, " && !isDecidedSince) return kept", ") return kept"),
  one(
    "a decision leaves what is kept as it is",
    "decisions",
    "functions/leave-out/leave-out.ts",
    "...before.mapping, decidedAt: at",
    "...before.mapping",
  ),
  one(
    "a customer that cannot be read keeps all others from being left out",
    "decisions",
    "functions/leave-out/leave-out.ts",
    " && !unreadable.has(id)",
    "",
  ),
  one(
    "nobody hears that a customer was not left out",
    "decisions",
    "functions/leave-out/leave-out.ts",
    "for (const id of unreadable) throw",
    "for (const id of [] as string[]) throw",
  ),
  one(
    "a kept coverage without units has none",
    "pages",
    "shared/customers/kept-coverage.ts",
    "item?.unbilledUnits === undefined ? undefined : readRow(kept, item)",
    "item && readRow(kept, { unbilledUnits: 0, ...item })",
  ),
  one("a digest counts what is not known", "mails", digest, "total - mapped - unknown", "total - mapped"),
  one("a digest names what is not known", "mails", digest, "gaps.filter(({ isKnown }) => isKnown)", "gaps"),
  one(
    "a look finds every service known",
    "looks",
    ending,
    "!mapped.has(id) && evidence.knownOfService(id) === null",
    "false",
  ),
  one("a look finds every account known", "looks", ending, "evidence.knownOfAccount(id, told(id)) === null", "false"),
  one(
    "one trouble is told twice",
    "pages",
    "shared/views/integration-view.ts",
    "problems.filter(({ code }) => code !== met?.code)",
    "problems",
  ),
];
