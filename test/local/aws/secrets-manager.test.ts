import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startSecretsManager } from "#local/aws/secrets-manager";
import type { LocalServer } from "#local/http/http-server";

let folder: string;
let file: string;
let server: LocalServer;
let client: SecretsManagerClient;

const open = async () => {
  server = await startSecretsManager(file);
  client = new SecretsManagerClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
  file = join(folder, "secrets.json");
  await open();
});
afterEach(async () => {
  client.destroy();
  await server.close();
  rmSync(folder, { recursive: true });
});

const token = (digit: number) => String(digit).repeat(32);
const create = (SecretString = "one", ClientRequestToken = token(1)) =>
  client.send(new CreateSecretCommand({ Name: "a/b", SecretString, ClientRequestToken }));
const put = (SecretString: string, ClientRequestToken: string) =>
  client.send(new PutSecretValueCommand({ SecretId: "a/b", SecretString, ClientRequestToken }));
const get = (more: object = {}) => client.send(new GetSecretValueCommand({ SecretId: "a/b", ...more }));
const stages = async () => (await client.send(new DescribeSecretCommand({ SecretId: "a/b" }))).VersionIdsToStages;

describe("the local Secrets Manager", () => {
  it("gives a secret back by name, ARN and ARN without its suffix, also after a restart", async () => {
    const { ARN = "" } = await create();
    await server.close();
    await open();

    for (const SecretId of ["a/b", ARN, ARN.slice(0, -7)]) {
      expect(await get({ SecretId })).toMatchObject({ SecretString: "one", VersionStages: ["AWSCURRENT"] });
    }
  });

  it("keeps them in a file for its owner alone that says what it is for", async () => {
    await create();

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toContain("local use only");
  });

  it("moves the labels with a new version and finds both", async () => {
    await create();
    await put("two", token(2));

    expect(await get()).toMatchObject({ SecretString: "two", VersionId: token(2) });
    expect(await get({ VersionStage: "AWSPREVIOUS" })).toMatchObject({ SecretString: "one" });
    expect(await get({ VersionId: token(1) })).toMatchObject({ SecretString: "one" });
    expect(await stages()).toEqual({ [token(2)]: ["AWSCURRENT"], [token(1)]: ["AWSPREVIOUS"] });
  });

  it("takes a repeat with the same token for one, and refuses another value under it", async () => {
    await create();
    await put("two", token(2));
    await put("three", token(3));
    await put("two", token(2));

    expect(await get()).toMatchObject({ SecretString: "three" });
    await expect(put("other", token(2))).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it("refuses to create a secret twice, unless it is the same call again", async () => {
    await create();
    await create();

    await expect(create("two", token(2))).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it("moves a label by hand, only away from where the caller says it is", async () => {
    await create();
    await put("two", token(2));
    const move = (more: object) =>
      client.send(new UpdateSecretVersionStageCommand({ SecretId: "a/b", VersionStage: "AWSCURRENT", ...more }));

    await expect(move({ MoveToVersionId: token(1) })).rejects.toMatchObject({ name: "InvalidParameterException" });
    await move({ MoveToVersionId: token(1), RemoveFromVersionId: token(2) });

    expect(await stages()).toEqual({ [token(1)]: ["AWSCURRENT"], [token(2)]: ["AWSPREVIOUS"] });
  });

  it("deletes with a way back, and without one when forced", async () => {
    await create();
    const remove = (more: object = {}) => client.send(new DeleteSecretCommand({ SecretId: "a/b", ...more }));
    await remove({ RecoveryWindowInDays: 7 });

    await expect(get()).rejects.toMatchObject({ name: "InvalidRequestException" });
    await expect(create("new", token(4))).rejects.toMatchObject({ name: "InvalidRequestException" });
    expect((await client.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
    await client.send(new RestoreSecretCommand({ SecretId: "a/b" }));
    expect(await get()).toMatchObject({ SecretString: "one" });

    await remove({ ForceDeleteWithoutRecovery: true });
    await remove({ ForceDeleteWithoutRecovery: true });
    await expect(get()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await create("again", token(5));
    expect(await get()).toMatchObject({ SecretString: "again" });
  });

  it("names what it cannot find and what it does not know", async () => {
    await create();

    await expect(get({ SecretId: "other" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(get({ VersionStage: "AWSPENDING" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    const response = await fetch(server.url, {
      method: "POST",
      headers: { "x-amz-target": "secretsmanager.toString" },
    });
    expect(await response.json()).toMatchObject({ __type: "UnknownOperationException" });
    expect(existsSync(file)).toBe(true);
  });
});
