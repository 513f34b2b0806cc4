import { expect, it } from "vitest";
import * as z from "zod";
import { folders, synthesised, targetOf } from "./synthesised.ts";

const stack = synthesised("prod");

const on = (place: string, ...actions: string[]) => actions.map((action) => `${action} on ${place}`);
const onTable = (...actions: string[]) => on("Storage/Table", ...actions.map((name) => `dynamodb:${name}`));

const readTable = onTable("BatchGetItem", "GetItem", "Query");
const useTable = [...readTable, ...onTable("ConditionCheckItem", "DeleteItem", "PutItem")];
const findDue = ["due", "idle", "look"].flatMap((index) => on(`Storage/Table/index/${index}`, "dynamodb:Query"));
const readStream = on(
  "Storage/Table's stream",
  ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((name) => `dynamodb:${name}`),
);
const secret = (place: string) => on(place, "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue");
const partnerSecrets = (...actions: string[]) =>
  on(
    "arn:aws:secretsmanager:eu-central-1:AWS::AccountId:secret:gradient-billing/prod/partner/*",
    ...actions.map((name) => `secretsmanager:${name}`),
  );
const callGradient = [...secret("Credentials/VendorKey"), ...partnerSecrets("GetSecretValue")];
const sendTo = (place: string) => on(`${place}/Queue`, "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage");
const receiveFrom = (place: string) =>
  on(
    `${place}/Queue`,
    ...["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"].map(
      (name) => `sqs:${name}`,
    ),
  );
const sendMail = [
  "arn:aws:ses:eu-central-1:AWS::AccountId:configuration-set/OwnerMail/ConfigurationSet",
  "arn:aws:ses:eu-central-1:AWS::AccountId:identity/MailFrom",
  "arn:aws:ses:eu-central-1:AWS::AccountId:identity/the domain of MailFrom",
].flatMap((place) => on(place, "ses:SendEmail"));

/** What each function may do beside writing to its own log and sending traces. */
const rights: Record<string, string[]> = {
  "put-service": onTable("GetItem", "PutItem", "Query"),
  "put-partner": useTable,
  "read-partner": readTable,
  "record-customers": useTable,
  "remove-customer": useTable,
  "record-usage": useTable,
  "start-integration": useTable,
  "register-token": [
    ...useTable,
    ...secret("Credentials/VendorKey"),
    ...secret("Credentials/TokenHashKey"),
    ...partnerSecrets("CreateSecret", "DescribeSecret", "PutSecretValue", "RestoreSecret", "UpdateSecretVersionStage"),
  ],
  "confirm-agreement": useTable,
  "resend-owner-mail": useTable,
  "check-mapping": useTable,
  "leave-out": useTable,
  "start-export": [...useTable, ...sendTo("UsageExports/OnDemandExports")],
  "cancel-export": useTable,
  "put-schedule": useTable,
  "put-notifications": useTable,
  "disconnect-integration": useTable,
  "read-integration": readTable,
  "receive-mapping-webhook": [
    ...onTable("GetItem", "PutItem", "ConditionCheckItem"),
    ...secret("Credentials/WebhookKeys"),
  ],
  "relay-outbox": [
    ...useTable,
    ...readStream,
    ...sendTo("Outbox/DeadLetters"),
    ...sendTo("Mapping/Accounts"),
    ...sendTo("Catalogue/Services"),
    ...sendTo("OwnerMail/Mail"),
    ...sendTo("UsageExports/OnDemandExports"),
    ...sendTo("UsageExports/ScheduledExports"),
    ...sendTo("Disconnection/Disconnects"),
  ],
  "sync-accounts": [...useTable, ...findDue, ...callGradient, ...receiveFrom("Mapping/Accounts")],
  "sync-catalogue": [...useTable, ...findDue, ...callGradient, ...receiveFrom("Catalogue/Services")],
  "send-owner-mail": [...useTable, ...sendMail, ...receiveFrom("OwnerMail/Mail")],
  "watch-mails": [...useTable, ...findDue],
  "record-mail-report": [...useTable, ...receiveFrom("OwnerMail/MailReports")],
  "export-usage": [
    ...useTable,
    ...findDue,
    ...callGradient,
    ...receiveFrom("UsageExports/OnDemandExports"),
    ...receiveFrom("UsageExports/ScheduledExports"),
  ],
  "close-connection": [
    ...useTable,
    ...callGradient,
    ...partnerSecrets("DeleteSecret"),
    ...receiveFrom("Disconnection/Disconnects"),
  ],
  "watch-mappings": [...useTable, ...findDue],
  "admit-exports": [...useTable, ...findDue, ...callGradient],
};

const oneOrMore = z.union([z.string().transform((only) => [only]), z.array(z.string())]);
const policy = z.object({
  Roles: z.array(z.unknown()),
  PolicyDocument: z.object({
    Statement: z.array(z.object({ Effect: z.literal("Allow"), Action: oneOrMore, Resource: z.unknown() })),
  }),
});

const join = z.object({ "Fn::Join": z.tuple([z.literal(""), z.array(z.unknown())]) });
const place = (reference: unknown): string => {
  if (typeof reference === "string") return reference;
  if (join.safeParse(reference).success) return join.parse(reference)["Fn::Join"][1].map(place).join("");
  if (JSON.stringify(reference) === '{"Fn::Select":[1,{"Fn::Split":["@",{"Ref":"MailFrom"}]}]}') {
    return "the domain of MailFrom";
  }
  return `${stack.placeOf(targetOf(reference))}${JSON.stringify(reference).includes("StreamArn") ? "'s stream" : ""}`;
};

const grantedTo = (roleId: string): string[] =>
  stack
    .ofType("AWS::IAM::Policy")
    .map(({ Properties }) => policy.parse(Properties))
    .filter(({ Roles }) => Roles.some((role) => targetOf(role) === roleId))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) => [Resource].flat().flatMap((where) => on(place(where), ...Action)))
    .sort();

it("says of every function what it may do", () => {
  expect(Object.keys(rights).sort()).toEqual(folders);
  expect([...stack.functions().keys()].sort()).toEqual(folders);
});

it.each(Object.entries(rights))("lets %s do its work and no more", (folder, expected) => {
  const found = stack.functions().get(folder);
  const own = stack.placeOf(found?.id ?? "");
  const everybody = [
    ...on(`${own}Log`, "logs:CreateLogStream", "logs:PutLogEvents"),
    ...on("*", "xray:PutTelemetryRecords", "xray:PutTraceSegments"),
  ];

  expect(grantedTo(targetOf(found?.Properties.Role))).toEqual([...new Set([...expected, ...everybody])].sort());
});

it("gives each function a role of its own, without policies of AWS's making", () => {
  const roles = [...stack.functions().values()].map(({ Properties }) => targetOf(Properties.Role));

  expect(new Set(roles).size).toBe(folders.length);
  for (const { Properties } of stack.ofType("AWS::IAM::Role"))
    expect(Properties).not.toHaveProperty("ManagedPolicyArns");
});
