import { type Mutant, one } from "./mutant.ts";

const halving = "functions/sync-accounts/send-halving.ts";
const newOne = "functions/sync-catalogue/new-one.ts";
const longWaits = "functions/sync-catalogue/long-waits.ts";
const binding = "functions/sync-catalogue/bind-service.ts";

/** Guards around services that are created in Gradient, each once. */
export const mutantsOfCatalogue: Mutant[] = [
  one(
    "a service is created by a call that has waited for longer than its claim",
    "looks",
    "functions/sync-catalogue/create-services.ts",
    "async () => clock.now() <= now + sendWithinMs",
    "async () => true",
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
    "the job that creates services goes on until it is cut off",
    "looks",
    "functions/sync-catalogue/create-services.ts",
    "!isFirst && !hasTime()",
    "false",
  ),
  one(
    "a service that may be there without a name is created again",
    "looks",
    "functions/sync-catalogue/create-services.ts",
    "(service.createdAs ?? null) !== null && hidesAny(existing)",
    "false",
  ),
  one(
    "a service that Gradient has created, and does not show, is created again",
    "looks",
    "functions/sync-catalogue/create-services.ts",
    "else if (isUnseen) await miss(service);",
    "",
  ),
  one(
    "what Gradient has created is noted once its list has shown it",
    "looks",
    "functions/sync-catalogue/create-services.ts",
    "unseenSince: iso(clock.now())",
    "unseenSince: null",
  ),
  one("a new entry is one service's though another may be it", "looks", newOne, "mayBeOthers || ", ""),
  one("what a failed call may have created is another's", "looks", newOne, "(createdAs || failure)", "createdAs"),
  one("what could not be read before is new", "looks", newOne, ' || before.some(({ id }) => id === "")', ""),
  one("a new entry with another's name is taken", "looks", newOne, " && !names.has(plainName(name))", ""),
  one("one of two new entries is taken", "looks", newOne, "more.length === 0 && ", ""),
  one("a new entry without a name is taken", "looks", newOne, ' && one?.name !== ""', ""),
  one(
    "a service that nobody sees in Gradient is created anew once it is described otherwise",
    "looks",
    "functions/put-service/put-service.ts",
    "stored?.name === record.name ? stored.unseenSince : null",
    "null",
  ),
  one(
    "a service that nobody sees in Gradient stays so under another name",
    "looks",
    "functions/put-service/put-service.ts",
    "stored?.name === record.name ? stored.unseenSince : null",
    "stored?.unseenSince ?? null",
  ),
  one("a short outage alarms for new services", "looks", longWaits, " && now - Date.parse(updatedAt) > dayMs", ""),
  one("an outage alarms for refused services", "looks", longWaits, "!refusal && ", ""),
  one("nobody hears of services that wait", "looks", longWaits, "waiting.length === 0", "true"),
  one(
    "an id that is bound to a service without it is passed over",
    "looks",
    binding,
    "holder !== undefined && ",
    "false && ",
  ),
  one(
    "two workers that bind one service alarm",
    "looks",
    binding,
    "(await findService(table, holder))?.gradientServiceId !== gradientServiceId",
    "true",
  ),
];
