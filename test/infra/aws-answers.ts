import { createHash } from "node:crypto";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as secretsManager from "@aws-sdk/client-secrets-manager";

/** What a service answers; "reset": the connection breaks off. */
type Answer = { status: number; type: string; body: string; headers?: Record<string, string> } | "reset";
export interface Scenario {
  call: string;
  what: string;
  /** One for each request; the last of them for all further ones. */
  answers: Answer[];
}

const json10 = "application/x-amz-json-1.0";
const json11 = "application/x-amz-json-1.1";
const answer = (status: number, body: object, type: string): Answer => ({ status, type, body: JSON.stringify(body) });
const rowOf = (sk: string) => ({
  pk: { S: "partner#org-1" },
  sk: { S: sk },
  version: { N: "3" },
  name: { S: "Žlutá" },
  packed: { B: "AQL/" },
  counts: { M: { dns: { N: "17" }, list: { L: [{ BOOL: true }, { NULL: true }] }, sets: { SS: ["a"] } } },
});
const start = { pk: { S: "partner#org-1" }, sk: { S: "c" } };
const due = { pk: { S: "p" }, sk: { S: "s" }, dueKind: { S: "wanted" }, dueAt: { S: "2026" } };
const current = { ARN: "arn", Name: "partner/1", VersionId: "v", VersionStages: ["AWSCURRENT"], CreatedDate: 1.5e9 };
const unlabelled = { ...current, VersionStages: [] };
const message = JSON.stringify({ kind: "sync-accounts", partnerId: "org-1", reason: "feed" });
const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const sent =
  "<SendEmailResponse xmlns='http://ses.amazonaws.com/doc/2010-12-01/'><SendEmailResult><MessageId>0107-&#228;</MessageId></SendEmailResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></SendEmailResponse>";

/** What each call is answered when all is well, in the form of its service. */
const fine: Record<string, { type: string; bodies: (object | string)[] }> = {
  get: { type: json10, bodies: [{ Item: rowOf("b") }] },
  getMany: {
    type: json10,
    bodies: [
      { Responses: { table: [rowOf("b")] }, UnprocessedKeys: { table: { Keys: [start], ConsistentRead: true } } },
      { Responses: { table: [rowOf("c")] }, UnprocessedKeys: {} },
    ],
  },
  put: { type: json10, bodies: [{}] },
  delete: { type: json10, bodies: [{}] },
  transact: { type: json10, bodies: [{}] },
  query: { type: json10, bodies: [{ Items: [rowOf("b")], Count: 1, ScannedCount: 1, LastEvaluatedKey: start }] },
  count: {
    type: json10,
    bodies: [
      { Count: 1, ScannedCount: 5, LastEvaluatedKey: start },
      { Count: 2, ScannedCount: 3 },
    ],
  },
  due: { type: json10, bodies: [{ Items: [due], LastEvaluatedKey: due }] },
  sendMessage: { type: json10, bodies: [{ MessageId: "m", MD5OfMessageBody: md5(message) }] },
  sendEmail: { type: "text/xml", bodies: [sent] },
  storeToken: { type: json11, bodies: [unlabelled, { ...current, VersionIdsToStages: { old: ["AWSCURRENT"] } }, {}] },
  readToken: { type: json11, bodies: [{ ...current, SecretString: "canary-token-9f3c-0001" }] },
  removeToken: { type: json11, bodies: [{ ARN: "arn", Name: "partner/1", DeletionDate: 1.6e9 }] },
  readKey: { type: json11, bodies: [{ ...current, SecretString: "vendor-key\n" }] },
};

const errorXml = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no: jana@msp.example</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
const failure = (type: string, name: string, status: number, more: object = {}): Answer =>
  type === "text/xml"
    ? { status, type, body: errorXml(name) }
    : answer(status, { __type: `com.amazonaws#${name}`, message: "no", Message: "no", ...more }, type);

const modelled = (sdk: object): string[] =>
  Object.keys(sdk).filter((name) => /(Exception|Error|Fault)$/.test(name) && !name.endsWith("ServiceException"));
const queueErrors = [
  "QueueDoesNotExist",
  "OverLimit",
  "InvalidMessageContents",
  "InvalidSecurity",
  "KmsThrottled",
  "UnsupportedOperation",
  "RequestThrottled",
  "InvalidAddress",
];
const mailErrors = [
  "MessageRejected",
  "InvalidParameterValue",
  "MailFromDomainNotVerifiedException",
  "ConfigurationSetDoesNotExist",
  "AccountSendingPausedException",
  "ConfigurationSetSendingPausedException",
];
/** Of each service: a call that meets all errors that its model has. */
const everyError: [call: string, names: string[]][] = [
  // without its class the SDK does not repeat this one, which only tables in several regions have
  ["put", modelled(dynamodb).filter((name) => name !== "ReplicatedWriteConflictException")],
  ["storeToken", modelled(secretsManager)],
  ["readToken", modelled(secretsManager)],
  ["sendMessage", queueErrors],
  ["sendEmail", mailErrors],
];
// what our code tells apart, or any call may meet
const anywhere: [name: string, status: number][] = [
  ["ThrottlingException", 400],
  ["ProvisionedThroughputExceededException", 400],
  ["RequestLimitExceeded", 400],
  ["Throttling", 400],
  ["TransactionConflictException", 400],
  ["ConditionalCheckFailedException", 400],
  ["AccessDeniedException", 400],
  ["ExpiredTokenException", 400],
  ["InternalServerError", 500],
  ["ServiceUnavailable", 503],
  ["TooManyRequestsException", 429],
];
const cancelled = (...codes: string[]) =>
  failure(json10, "TransactionCanceledException", 400, {
    CancellationReasons: codes.map((Code) => (Code === "None" ? { Code } : { Code, Message: "no", Item: rowOf("b") })),
  });

// once for each service: what comes back is read by the same code for all of its calls
const isFirst = (call: string) => everyError.some(([name]) => name === call);
const odd = ["", "{", "<html>", "[]", "null", '{"Item":7,"SecretString":7,"MessageId":7,"__type":7}', "<a><b></a>"];

/** Calls of `aws-calls.ts`, and what they meet. */
export const scenarios: Scenario[] = Object.entries(fine).flatMap(([call, { type, bodies }]) => {
  const good = bodies.map(
    (body): Answer => ({
      status: 200,
      type,
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
  const busy = failure(type, "ThrottlingException", 400);
  const html: Answer = { status: 503, type: "text/html", body: "<html>busy</html>" };
  const answered = (status: number, body: string): Scenario => ({
    call,
    what: `${status} ${body}`,
    answers: [{ status, type, body }],
  });
  return [
    { call, what: "all is well", answers: good },
    { call, what: "well after trouble", answers: [busy, html, ...good] },
    { call, what: "only trouble", answers: ["reset", html, busy] },
    { call, what: "a later request fails", answers: [...good.slice(0, -1), failure(type, "InternalServerError", 500)] },
    answered(200, "{"),
    ...(isFirst(call) ? odd.flatMap((body) => [answered(200, body), answered(400, body)]) : []),
    ...(isFirst(call) ? anywhere : []).map(([name, status]) => ({
      call,
      what: name,
      answers: [failure(type, name, status)],
    })),
  ];
});
for (const [call, names] of everyError) {
  const type = fine[call]?.type ?? "";
  for (const name of names) scenarios.push({ call, what: name, answers: [failure(type, name, 400)] });
}
for (const codes of [
  ["None", "ConditionalCheckFailed"],
  ["TransactionConflict"],
  ["ThrottlingError", "None"],
  ["ValidationError"],
]) {
  scenarios.push({ call: "transact", what: `cancelled: ${codes}`, answers: [cancelled(...codes)] });
}
for (const name of ["ResourceNotFoundException", "InvalidRequestException", "ResourceExistsException"]) {
  const answers = [failure(json11, name, 400), answer(200, current, json11)];
  scenarios.push({ call: "storeToken", what: `well after ${name}`, answers });
  scenarios.push({ call: "removeToken", what: `well after ${name}`, answers });
}
scenarios.push({ call: "endpoints", what: "of all regions", answers: [] });
