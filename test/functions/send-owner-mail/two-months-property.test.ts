import { expect, it } from "vitest";
import { isUnheard } from "#shared/mail/mail-states";
import { fromMailItem } from "#shared/mail/owner-mail";
import { dayMs, hourMs, playResults } from "#test/builders/results-history";

type Played = Awaited<ReturnType<typeof playResults>>;
type Letter = Played["read"][number];

const monthMs = 27 * dayMs;
// the day's limit may hold a mail, and the jobs take their time
const outWithinMs = 36 * hourMs;

const tellsOf =
  (name: string) =>
  ({ text }: Letter): boolean =>
    text.includes(`Customer ${name},`) || /^.*and \d+ more, on/m.test(text);

/** When whatever was owed at that moment is out. */
const outBy = ({ shut }: Played, at: number): number =>
  shut.reduce((by, moment) => (moment >= at && moment < by ? moment + outWithinMs : by), at + outWithinMs);

/** From when until when each run that had the line has failed to bring it. */
const failuresOf = ({ ended, end }: Played, name: string): { from: number; to: number }[] => {
  const having = ended.filter(({ lines }) => lines[name] !== undefined);
  const isFailing = (place: number): boolean => having[place] !== undefined && having[place].lines[name] !== "accepted";
  return having.flatMap(({ at: from }, place) => {
    if (!isFailing(place) || isFailing(place - 1)) return [];
    return [{ from, to: having.slice(place).find(({ lines }) => lines[name] === "accepted")?.at ?? end }];
  });
};

/** The moments since which a line was told to nobody, though it failed, a run of all lines came, and mails went out. */
const silences = (played: Played): string[] =>
  played.names.flatMap((name) => {
    const told = played.read.filter(tellsOf(name)).map(({ at }) => at);
    return failuresOf(played, name).flatMap(({ from, to }) =>
      [from, ...told.filter((at) => at >= from && at < to)].flatMap((since) => {
        const due = played.ended.find(({ at, isToldWhole }) => isToldWhole && at > since + monthMs)?.at ?? to;
        const by = outBy(played, due);
        return by >= to || told.some((at) => at > since && at <= by)
          ? []
          : [`${name} since ${new Date(since).toJSON()}`];
      }),
    );
  });

/** Mails with so many after them that their reader had one too many within that time. */
const crowds = ({ read }: Played, most: number, ms: number): Letter[] =>
  [...Map.groupBy(read, ({ to }) => to).values()].flatMap((its) =>
    its.filter(({ at }, place) => (its[place + most]?.at ?? Number.POSITIVE_INFINITY) < at + ms),
  );

const waitingIn = ({ world }: Played): string[] =>
  [...world.table.rows.values()]
    .filter(({ sk }) => sk.startsWith("mail#"))
    .map(fromMailItem)
    .filter((mail) => mail.joinedTo === null && isUnheard(mail))
    .map(({ id }) => id);

// The last one tells a good run too late unless what comes while a mail is tried again joins it, or a good run is not
// told once something is left; that of 9 tells a good run of some lines while others are to be sent again, unless that
// counts.
const seeds = [1, 4, 5, 8, 9, 10, 11, 1197];

const problemsOf = /^(mail|owner)\./;

it.each(seeds)(
  "whatever becomes of a partner's lines, and of the mails about them, in two months: seed %i",
  async (seed) => {
    const isSteady = seed % 4 === 0;
    const played = await playResults(seed, isSteady);
    const { problems } = await played.world.integration();
    const claimsAll = ({ text }: Letter) => text.includes("Everything that was to be sent has reached Gradient");

    expect(silences(played), "no line fails for a month and is told to nobody").toEqual([]);
    expect(
      // where the mail about what is left comes right after it, it is about the run before
      played.read.filter(
        (letter, place) => claimsAll(letter) && !letter.isAllWell && played.read[place + 1]?.at !== letter.at,
      ),
      "no mail calls well what is not",
    ).toEqual([]);
    expect(crowds(played, 3, dayMs), "three mails a day at most").toEqual([]);
    expect(isSteady ? crowds(played, 2, monthMs) : [], "the same is told about once a month").toEqual([]);
    expect(waitingIn(played), "nothing waits for ever").toEqual([]);
    expect(problems.filter(({ code }) => problemsOf.test(code))).toEqual([]);
  },
);
