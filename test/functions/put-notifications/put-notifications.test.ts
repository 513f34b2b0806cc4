import { describe, expect, it } from "vitest";
import { hubApi } from "#test/builders/hub-api";
import { rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const connected = async () => {
  const world = serviceWorld();
  await world.connect();
  world.mailer.sent.length = 0;
  return { world, ...hubApi(world) };
};
const changes = ({ table, partnerId }: ServiceWorld) =>
  rowsOf(table, `partner#${partnerId}`, "event#").filter(({ type }) => type === "notifications.changed");

describe("PUT /notifications", () => {
  it("sets who hears of results, tells the owner of who is new, and the audit trail", async () => {
    const { world, ask } = await connected();
    const body = { recipients: [" Ann@msp.example", "bob@bücher.example"], onSuccess: true };

    const reply = await ask("notifications", { body });

    const notifications = { recipients: ["Ann@msp.example", "bob@bücher.example"], onSuccess: true };
    expect(reply).toMatchObject({ status: 200, body: { notifications } });
    await world.work();
    expect(world.mailer.sent).toMatchObject([
      { to: { email: "olga@example.com" }, subject: "Who hears of results has changed: Example MSP" },
    ]);
    expect(world.mailer.sent[0]?.text).toContain("Ann@msp.example");
    expect(changes(world)).toMatchObject([
      {
        role: "owner",
        details: {
          before: "nobody; bad results only",
          after: "Ann@msp.example, bob@bücher.example; good results, too",
        },
      },
    ]);
  });

  it("changes nothing the second time, and tells nobody of who is taken out", async () => {
    const { world, ask } = await connected();
    const body = { recipients: ["ann@msp.example"], onSuccess: false };
    await ask("notifications", { body });
    await ask("notifications", { body });
    await ask("notifications", { body: { recipients: [], onSuccess: false } });
    await world.work();

    expect(world.mailer.sent).toHaveLength(1);
    expect(changes(world)).toHaveLength(2);
  });

  it.each([
    ["no address", { recipients: ["ann"], onSuccess: false }],
    ["an address that SES cannot send to", { recipients: ["änn@msp.example"], onSuccess: false }],
    ["a header", { recipients: ["ann@msp.example\r\nBcc: x@y.example"], onSuccess: false }],
    ["the same twice", { recipients: ["ann@msp.example", "ANN@msp.example"], onSuccess: false }],
    [
      "the same twice, spelt in two ways",
      { recipients: ["ann@bücher.example", "ann@xn--bcher-kva.example"], onSuccess: false },
    ],
    ["eleven", { recipients: Array.from({ length: 11 }, (_, at) => `a${at}@msp.example`), onSuccess: false }],
    ["no word on good results", { recipients: [] }],
  ])("refuses %s", async (_, body) => {
    const { world, ask } = await connected();

    expect(await ask("notifications", { body })).toMatchObject({ status: 422, body: { code: "request.invalid" } });
    expect((await world.integration()).notifications).toEqual({ recipients: [], onSuccess: false });
  });

  it("survives a disconnect", async () => {
    const { world, ask } = await connected();
    await ask("notifications", { body: { recipients: ["ann@msp.example"], onSuccess: true } });
    await ask("disconnect");
    await world.work();

    expect(await ask("start")).toMatchObject({
      status: 201,
      body: { notifications: { recipients: ["ann@msp.example"], onSuccess: true }, agreement: null },
    });
  });
});
