import { type Mutant, one } from "./mutant.ts";

const refusing = "functions/register-token/or-refusal.ts";
const typed = "shared/breakers/probes/typed-token.ts";
const asking = "functions/register-token/asked-about.ts";

/** Guards around a token that somebody pastes while nobody knows whose key is refused. */
export const mutantsOfTypedTokens: Mutant[] = [
  one("typed: none may be tried", "deeds", asking, "ofOurKey && isNew ?", "ofOurKey && !isNew ?"),
  one("typed: the refused one again", "deeds", asking, "ofOurKey && isNew ?", "ofOurKey ?"),
  one(
    "typed: its refusal is blamed on it",
    "deeds",
    asking,
    'isAppError(error, "token.rejected") ? obstruction : error',
    "error",
  ),
  one("typed: what is taken closes nothing", "deeds", asking, "await typed.taken(claim, partnerId);", ""),
  one("typed: nobody asks it next", "deeds", typed, "await successes.noteAtOnce(partnerId);", ""),
  one("typed: before any probe", "deeds", typed, " || vendor.tries === 0", ""),
  one("typed: a Gradient that is too slow is told to be away", "deeds", refusing, "isTooSlow(error)", "false"),
  one("typed: as many as are pasted", "deeds", typed, "if (iso(time - apartMs) < value.triedAt) return undefined;", ""),
  one("typed: however many partners there are", "deeds", typed, "if (!(await areFew(vendor))) return undefined;", ""),
  one("typed: the suspended count", "deeds", typed, ".filter(isActive).length", ".length"),
  one("typed: what was decided since does not stand", "deeds", typed, " || vendor.changedAt !== changedAt", ""),
];
