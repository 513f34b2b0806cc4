import { type Mutant, one } from "./mutant.ts";

const consent = "shared/agreements/consent.ts";

/** Guards around who has agreed to what is sent, and around what a person has left out of it. */
export const mutantsOfAgreements: Mutant[] = [
  one(
    "who has confirmed a newer text is asked for the one of a service that was rolled back",
    "agreements",
    consent,
    "confirmed.version >= version",
    "confirmed.version === version",
  ),
  one(
    "a third text gives new time to who has missed the second",
    "agreements",
    consent,
    "const [first] = asked.toSorted((a, b) => endOf(a) - endOf(b));",
    "const first = asked.at(-1);",
  ),
  one(
    "a third text that is to be confirmed sooner waits for the second's time to be over",
    "agreements",
    consent,
    "const [first] = asked.toSorted((a, b) => endOf(a) - endOf(b));",
    "const [first] = asked;",
  ),
  one(
    "an older text takes the place of the newer one that was confirmed",
    "agreements",
    "functions/confirm-agreement/confirm-agreement.ts",
    "covers(held, version) &&",
    "held.version === version &&",
  ),
  one(
    "each service that was left out has the reason by itself",
    "wants",
    "shared/integrations/record/left-out.ts",
    "if (noteOf !== undefined) return",
    "if (noteOf === -1) return",
  ),
];
