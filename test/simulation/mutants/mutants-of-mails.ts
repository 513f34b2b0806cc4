import { type Mutant, one } from "./mutant.ts";

const letter = "functions/send-owner-mail/write-letter.ts";
const lines = "functions/send-owner-mail/failing-lines.ts";
const reminders = "functions/watch-mails/owe-reminders.ts";
const mailbox = "shared/mail/mailbox.ts";

/** Guards that keep an owner from being told the same for ever, or something new never. */
export const mutantsOfMails: Mutant[] = [
  one(
    "a retry's success is told as everything's",
    "mails",
    letter,
    "if (hasSucceeded && leavesOthers(run, integration))",
    "if (leavesOthers(run, undefined))",
  ),
  one("a line of another connection is known", "mails", lines, "[connectionId, customerId", "[customerId"),
  one(
    "a waiting mail loses the run of all lines behind those of some",
    "mails",
    "shared/mail/mail-states.ts",
    "ofAll && !last.includes(ofAll)",
    "false",
  ),
  one("what has arrived stays said", "mails", lines, "run ? saidWithout : []", "[] as string[]"),
  one("of what has arrived the last alone is known", "mails", lines, "[...box.saidWithout, run.id]", "[run.id]"),
  one("of all that has arrived each run is read", "mails", lines, "mostWithout = 10", "mostWithout = 99"),
  one("what arrived ends nothing that some lines' runs said", "mails", lines, " && saidSince === null", ""),
  one(
    "what arrived hides in one mail what is new",
    "mails",
    letter,
    "parts.find(({ isKnown }) => !isKnown)",
    "parts.find(({ isKnown, says }) => !(isKnown && says === null))",
  ),
  one(
    "a person's run of one line makes all well",
    "wants",
    "shared/exports/ending/result-mails.ts",
    " && lastExport.isMoreLeft !== true",
    "",
  ),
  one(
    "a person's run of one line forgets the others",
    "wants",
    "shared/exports/ending/last-export.ts",
    '(kind !== "all" && isMoreLeft);',
    '(!hasSucceeded && kind !== "all" && isMoreLeft);',
  ),
  one(
    "what is left over holds a large partner before its run",
    "wants",
    "shared/exports/admission/find-candidate.ts",
    'fitting.find(({ kind }) => !(isForAll && kind === "retry"))',
    "fitting[0]",
  ),
  one(
    "what was said of all lines is not known of some",
    "mails",
    lines,
    "new Set(run && (await",
    "new Set(run && undefined && (await",
  ),
  one(
    "one new line among those that were told is no news",
    "mails",
    letter,
    "fresh.length === 0",
    "fresh.length < marks.length",
  ),
  one(
    "what some lines' run says takes the place of what all said",
    "mails",
    letter,
    "!isWhole && !areSomeOver",
    "false",
  ),
  one("what fails again is known", "mails", letter, "over.some((mark) => known.has(mark))", "false"),
  one("a run without lines ends what was said", "mails", letter, " && run.chunks !== null", ""),
  one(
    "repeats that arrived end what was said of others",
    "mails",
    letter,
    "tellsNothing(run) && hasSaid(box)",
    "false",
  ),
  one(
    "of several runs the newest counts, though it was told",
    "mails",
    letter,
    "return news() ?? parts.find(({ says }) => says !== null) ?? parts[0];",
    "return parts[0];",
  ),
  one(
    "a run of some lines hides what all lines' run has found",
    "mails",
    letter,
    'if (told?.isWhole && !told.isKnown) return (told.report.outcome === "succeeded" && news()) || told;',
    "",
  ),
  one(
    "a good run of all lines hides what has failed since",
    "mails",
    letter,
    'return (told.report.outcome === "succeeded" && news()) || told;',
    "return told;",
  ),
  one("what is over is told as what is", "mails", letter, " || isPast(run, integration)", ""),
  one(
    "what some lines' runs said outlives the next run of all",
    "mails",
    mailbox,
    "saidOf: of, saidSince: null, saidWithout: without",
    "saidOf: of, saidWithout: without",
  ),
  one(
    "a mailbox that cannot be read keeps a new address out",
    "mails",
    mailbox,
    "readableOf(items, (item) =>",
    "items.map((item) =>",
  ),
  one(
    "a mail that cannot be read keeps a new address out",
    "mails",
    "shared/mail/requeue-mail.ts",
    "readableOf([item], fromMailItem)[0]",
    "fromMailItem(item)",
  ),
  one("a run is late though only a hold keeps it back", "mails", reminders, "lateAfterMs + heldForMs", "lateAfterMs"),
  one("a hold that never ends is no late run", "mails", reminders, "? longestHoldMs : 0", "? 99 * dayMs : 0"),
  one("everybody's trouble is a hold", "mails", reminders, 'obstacle?.scope === "partner"', "obstacle"),
];
