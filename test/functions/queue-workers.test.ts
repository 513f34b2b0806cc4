import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { AppError } from "#shared/errors";
import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import { aLambdaContext } from "#test/builders/http-event";
import { anSqsEvent, failed } from "#test/builders/queue-event";
import { printedBy } from "#test/builders/stdout";
import { rowsOf } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

/** For each message, something has called for a look. */
const syncAccountsWorker = ({ sync }: ReturnType<typeof serviceWorld>) =>
  queueWorker({ message: taskOf["sync-accounts"], run: sync });
const ask = (partnerId: string) => ({ kind: "sync-accounts", partnerId, reason: "check" });

/** The reply and everything that was printed on the way to it. */
const answerOf = async <T>(work: () => Promise<T>) => {
  const replies: T[] = [];
  const printed = await printedBy(async () => {
    replies.push(await work());
  });
  return { reply: replies[0], printed };
};

describe("the accounts' queue", () => {
  it("is told which messages have to come again, and only those", async () => {
    const world = serviceWorld();
    await world.connect();
    const worker = syncAccountsWorker(world);
    world.gradient.failNext("readAccounts", { error: new Error("a fault of ours") });
    const messages = anSqsEvent(ask("org-1"), ask("org-1"), ask("org-2"));

    const { reply, printed } = await answerOf(() => worker(messages, aLambdaContext()));

    expect(reply).toEqual(failed("message-1"));
    const outcomes = printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .map(({ messageId, outcome, detail }) => [messageId, outcome ?? detail]);
    expect(outcomes).toEqual([
      ["message-1", "a fault of ours"],
      ["message-2", "carried-elsewhere"],
      ["message-3", "not-connected"],
    ]);
  });

  it.each([
    ["no JSON", "{"],
    ["another kind of task", { kind: "send-owner-mail", partnerId: "org-1", mailId: "m" }],
    ["no partner", { ...ask("org-1"), partnerId: null }],
  ])("gets a message back that has %s, and alarms", async (_, message) => {
    const worker = syncAccountsWorker(serviceWorld());

    const { reply, printed } = await answerOf(() => worker(anSqsEvent(message), aLambdaContext()));

    expect(reply).toEqual(failed("message-1"));
    expect(JSON.parse(printed)).toMatchObject({ level: "ERROR", detail: expect.stringMatching(/^The message /) });
  });

  it("says in each line whose message it is about, what Gradient tells included: the message is gone by then", async () => {
    const world = serviceWorld();
    await world.connect();
    const worker = syncAccountsWorker(world);
    const [said, faults] = ["gradient refuses what a look asks for", "message failed, it will be delivered again"];
    world.gradient.failNext("readAccounts", { error: new AppError("upstream", "gradient.refused", "no such list") });
    const refused = await answerOf(() => worker(anSqsEvent(ask("org-1")), aLambdaContext()));
    await world.pass(60 * 60_000);
    world.gradient.failNext("readAccounts", { error: new Error("a fault of ours") });
    const failing = await answerOf(() => worker(anSqsEvent(ask("org-1")), aLambdaContext()));

    const lines = `${refused.printed}${failing.printed}`.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line)).filter(({ level }) => level === "ERROR")).toMatchObject([
      { message: said, partnerId: "org-1", messageId: "message-1", awsRequestId: "request-1" },
      { message: faults, partnerId: "org-1", messageId: "message-1", awsRequestId: "request-1" },
    ]);
  });

  it("is done with a token that the secret store has lost: the partner is suspended, and we alarm", async () => {
    const world = serviceWorld();
    await world.connect();
    for (const name of world.vault.names()) await world.vault.remove(name);
    await world.pass(10 * 60_000);
    const worker = syncAccountsWorker(world);

    const { reply, printed } = await answerOf(() => worker(anSqsEvent(ask("org-1")), aLambdaContext()));

    expect(reply).toEqual(failed());
    expect(await world.integration()).toMatchObject({ state: "suspended", problems: [{ code: "token.missing" }] });
    expect(printed).toContain('"level":"ERROR","message":"a registered token is missing from the secret store"');
  });

  it("prints nothing of a message, whether it can be read or not", async () => {
    const worker = syncAccountsWorker(serviceWorld());
    const token = "gradient-partner-token-0001";
    const messages = anSqsEvent({ ...ask("org-1"), partnerToken: token }, `${token}{`, { kind: token });

    const { reply, printed } = await answerOf(() => worker(messages, aLambdaContext()));

    expect(reply).toEqual(failed("message-2", "message-3"));
    expect(printed).not.toContain(token);
  });
});

describe("the mails' queue", () => {
  const mailWorld = async () => {
    const world = serviceWorld();
    await world.connect();
    await world.clock.settle(world.clock.sleep(60_000));
    const [row] = rowsOf(world.table, "partner#org-1", "mail#");
    if (!row) throw new Error("no mail");
    await world.table.put({ ...row, status: "queued", messageId: null });
    world.mailer.sent.length = 0;
    const message = { kind: "send-owner-mail", partnerId: "org-1", mailId: row.id };
    const worker = queueWorker({ message: taskOf["send-owner-mail"], run: world.mail });
    return { world, message, worker };
  };

  it("has a mail sent once, though its message comes twice", async () => {
    const { world, message, worker } = await mailWorld();

    const { reply } = await answerOf(() => worker(anSqsEvent(message, message), aLambdaContext()));

    expect(reply).toEqual(failed());
    expect(world.mailer.sent).toHaveLength(1);
  });

  it("keeps a mail for as long as SES is down", async () => {
    const { world, message, worker } = await mailWorld();
    world.mailer.failNext(new AppError("unavailable", "mail.unavailable", "down"));

    const first = await answerOf(() => worker(anSqsEvent(message), aLambdaContext()));
    const again = await answerOf(() => worker(anSqsEvent(message), aLambdaContext()));

    expect([first.reply, again.reply]).toEqual([failed("message-1"), failed()]);
    expect(world.mailer.sent).toHaveLength(1);
  });

  it("is done with a mail that SES refuses", async () => {
    const { world, message, worker } = await mailWorld();
    world.mailer.failNext(new AppError("upstream", "mail.refused", "olga@example.com is not verified"));

    const { reply, printed } = await answerOf(() => worker(anSqsEvent(message), aLambdaContext()));

    expect(reply).toEqual(failed());
    expect(printed).toContain('"refused"');
    expect(printed).not.toContain("olga@example.com");
  });
});

describe("the disconnects' queue", () => {
  it("keeps its message for as long as Gradient is down", async () => {
    const world = serviceWorld();
    await world.connect();
    const { token } = await world.integration();
    const message = { partnerId: "org-1", secretName: token?.secretName, versionId: token?.versionId };
    await disconnectIntegration(world.common)(world);
    const worker = queueWorker({
      message: taskOf["close-connection"],
      run: (connection) => world.clock.settle(world.close(connection)),
    });
    const event = anSqsEvent({ kind: "close-connection", ...message });
    world.gradient.failNext("setStatus", { error: new AppError("unavailable", "gradient.unavailable", "down") });

    const first = await answerOf(() => worker(event, aLambdaContext()));
    const again = await answerOf(() => worker(event, aLambdaContext()));

    expect([first.reply, again.reply]).toEqual([failed("message-1"), failed()]);
    expect(world.vault.names()).toEqual([]);
  });
});
