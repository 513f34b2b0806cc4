import { type Mutant, one } from "./mutant.ts";

const syncing = "functions/sync-accounts/sync-accounts.ts";
const watching = "functions/watch-mappings/watch-mappings.ts";
const puttingOff = "shared/integrations/put-off.ts";
const comparing = "functions/sync-accounts/account-changes.ts";
const noting = "functions/sync-accounts/note-customers.ts";
const halving = "functions/sync-accounts/send-halving.ts";
const releasing = "functions/admit-exports/release-wants.ts";

/**
 * Guards around looks that an open breaker holds back: they cost nothing meanwhile, and come once it has closed. And
 * around accounts that are lost.
 */
export const mutantsOfLooks: Mutant[] = [
  one(
    "looks are owed while all calls are held",
    "looks",
    watching,
    "if (await obstacles(table)(null)) return report;",
    "",
  ),
  one(
    "a look put off leaves the token's trial due",
    "looks",
    puttingOff,
    "tokenCheckAt: notBefore(looks.tokenCheckAt, end)",
    "tokenCheckAt: looks.tokenCheckAt",
  ),
  one(
    "a look that everybody's breaker holds comes hours after its end",
    "looks",
    syncing,
    'scope === "vendor" ? soonAfter(at) : ',
    "",
  ),
  one("a look that was never put off comes at once", "wants", puttingOff, "looks.failures === 0 || isSame", "isSame"),
  one(
    "a token's trial that was put off stays so",
    "wants",
    puttingOff,
    "notAfter(looks.tokenCheckAt, at)",
    "looks.tokenCheckAt",
  ),
  one(
    "a token's trial that came to nothing leaves the look due",
    "wants",
    puttingOff,
    "notBefore(mapping.nextCheckAt, end)",
    "mapping.nextCheckAt",
  ),
  one("a partner's closed breaker leaves its look put off", "looks", releasing, "putForward(before, at)", "before"),
  one(
    "what was wished in a suspension is forgotten",
    "looks",
    "shared/integrations/back-again.ts",
    'wish(value.wants, "all", { at, trigger: "recovery" })',
    "value.wants",
  ),
  one(
    "groups of look-alikes with the longest ids are more than a row holds",
    "looks",
    "functions/sync-accounts/look-alikes/look-alikes.ts",
    "const maxCustomersOfGroup = 6;",
    "const maxCustomersOfGroup = 7;",
  ),
  one(
    "a look sends counts after the agreement's grace",
    "looks",
    "functions/sync-accounts/end-look.ts",
    " || isConsentOver(after, new Date(at));",
    ";",
  ),
  one(
    "what is mapped and was never tried is forgotten after a month",
    "looks",
    "functions/sync-accounts/next-check.ts",
    "(goesOn ? aDayAfter(at) : endOfPause(after, at))",
    "null",
  ),
  one(
    "a look within a run leaves its partner mapping anew for ever",
    "wants",
    "shared/exports/ending/end-export.ts",
    "before.looks.mapsAnew && proven.length > 0",
    "before.looks.mapsAnew && learned.length > 0",
  ),
  one(
    "what is held and not billed stays while its partner maps",
    "looks",
    "functions/sync-accounts/end-look.ts",
    "hasToMap(after) ? found.unbilled.filter(isListed) : []",
    "[]",
  ),
  one(
    "what is held of a service that is left out stays while its partner maps",
    "looks",
    "functions/sync-accounts/end-look.ts",
    "hasToMap(after) ? after.leftOutServiceIds : []",
    "[]",
  ),
  one(
    "a look's zeros that are not mapped ask for the next look",
    "looks",
    "shared/exports/ending/close-export.ts",
    "isLook(over) ? 0 : totals.unmapped",
    "totals.unmapped",
  ),
  one(
    "an accepted count opens nothing where the worker that heard it has died",
    "looks",
    "functions/sync-accounts/look.ts",
    "if (isProven && hasToMap(begun.integration)) await finish(begun);",
    "",
  ),
  one(
    "a count that an earlier connection accepted opens Next",
    "looks",
    "functions/sync-accounts/look.ts",
    "accepted !== null && accepted.gen >= floor && ",
    "accepted !== null && ",
  ),
  one(
    "a service is created by a call that has waited for longer than its claim",
    "looks",
    "functions/sync-catalogue/create-services.ts",
    "async () => clock.now() <= now + sendWithinMs",
    "async () => true",
  ),
  one(
    "what a look has found opens Next whatever has become of the record",
    "looks",
    "functions/sync-accounts/end-mapping.ts",
    'connectionId: gradient?.integrationId ?? "", stands }',
    'connectionId: gradient?.integrationId ?? "" }',
  ),
  one(
    "zeros that are not mapped retire accounts while their partner maps",
    "looks",
    comparing,
    "isMapping ? undefined : missedAt(",
    "missedAt(",
  ),
  one(
    "a connection that was ended in Gradient before it was mapped keeps its proof",
    "looks",
    "shared/integrations/back-again.ts",
    "return { ...value, proofGen };",
    "return value;",
  ),
  one("an account that is not listed is lost at every look", "looks", comparing, " && !isNoted(customer)", ""),
  one(
    "an account that is listed again is never lost again",
    "looks",
    noting,
    "unlistedSince: account ? null : customer.unlistedSince",
    "unlistedSince: customer.unlistedSince",
  ),
  one(
    "a message for the trial of a token passes for a look",
    "looks",
    "shared/customers/account-sync.ts",
    " && isAsked(looks)",
    "",
  ),
  one(
    "a look that is asked for during the trial of a token waits a day",
    "looks",
    "functions/sync-accounts/recheck-token.ts",
    'sendAsked(tried, "watch", { at, newId })',
    "{ integration: tried, owed: [] }",
  ),
  one(
    "a key that was stored a moment ago is missing",
    "deeds",
    "shared/secrets/read-token.ts",
    " || !isNew(checkedAt, clock.now())",
    " || true",
  ),
  one(
    "the key that makes services is missing a moment after it was stored",
    "looks",
    "functions/sync-catalogue/sync-catalogue.ts",
    ' && !isNew(token?.checkedAt ?? "", clock.now())',
    "",
  ),
  one("an account that Gradient fails on keeps all others out", "looks", halving, "failures > 0 || ", ""),
  one(
    "an account that Gradient has failed on before keeps its look from its end",
    "looks",
    halving,
    "failures > 0 || some.some(isKnown)",
    "failures > 0",
  ),
  one(
    "a Gradient that takes nothing has accounts put off that are like all others",
    "looks",
    halving,
    "takesAny() || isLong || ",
    "true || ",
  ),
  one("a Gradient that takes nothing is sent part after part", "looks", halving, " || isHopeless", ""),
  one("an account alone that Gradient fails on ends looks for ever", "looks", halving, " || isLong || ", " || "),
  one(
    "lists on which Gradient fails stay as long as they were",
    "looks",
    halving,
    "perCall / 2 ** failures",
    "perCall",
  ),
  one(
    "an account on which Gradient fails, and that it has taken, is created again",
    "looks",
    halving,
    ' || isAppError(error, "gradient.unavailable");\n    if (!mayExist',
    ";\n    if (!mayExist",
  ),
  one(
    "a partner is not told that Gradient fails on its accounts",
    "looks",
    syncing,
    'isTold ? withProblem(counted, "accounts.refused", at) : counted',
    "counted",
  ),
  one(
    "a service that may be there without a name is created again",
    "looks",
    "functions/sync-catalogue/create-services.ts",
    "(service.createdAs ?? null) !== null && hidesAny(existing)",
    "false",
  ),
];
