import { ArnFormat, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import { CfnSecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { settingsOf } from "#infra/stages";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";

/** Our half of Gradient's credential, the partners' halves, and what proves a webhook. */
export class Credentials extends Construct {
  readonly vendorKey: Secret;
  readonly webhookKeys: Secret;
  readonly tokenHashKey: Secret;
  readonly partnerTokens: PartnerTokens;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const prefix = `gradient-billing/${settingsOf(this).stage}`;
    this.vendorKey = new OperatorSecret(this, "VendorKey", {
      secretName: `${prefix}/vendor-key`,
      description: "Our vendor key in Gradient, as plain text",
    });
    this.webhookKeys = new OperatorSecret(this, "WebhookKeys", {
      secretName: `${prefix}/webhook-keys`,
      description: 'One or two live webhook keys: ["whsec_…"]',
    });
    this.tokenHashKey = new Secret(this, "TokenHashKey", {
      description: "Tells equal partner tokens apart without keeping them",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.tokenHashKey).acknowledge({
      id: "AwsSolutions::AwsSolutions-SMG4",
      reason: "Fingerprints made with the old key would match nothing, and a token could be used by two partners.",
    });
    this.partnerTokens = new PartnerTokens(this, `${prefix}/partner/`);
  }
}

/**
 * A secret that an operator fills in after the first deployment, under a name that the runbook can state. It starts
 * without any value: CDK's random one would go to Gradient as our key, and every partner's token would look refused.
 */
class OperatorSecret extends Secret {
  constructor(scope: Construct, id: string, props: { secretName: string; description: string }) {
    // a name that outlived a first deployment that failed would block the second one
    super(scope, id, { ...props, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
    const resource = this.node.defaultChild;
    if (resource instanceof CfnSecret) resource.generateSecretString = undefined;
    Validations.of(this).acknowledge({
      id: "AwsSolutions::AwsSolutions-SMG4",
      reason: "Its other half lies with Gradient, which offers no call to rotate it: an operator replaces both.",
    });
  }
}

/** One secret per partner, made and deleted by functions: the stack knows their prefix only. */
class PartnerTokens {
  readonly prefix: string;
  readonly #arns: string;

  constructor(scope: Construct, prefix: string) {
    this.prefix = prefix;
    this.#arns = Stack.of(scope).formatArn({
      service: "secretsmanager",
      resource: "secret",
      resourceName: `${prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    acknowledgeWildcard(
      scope,
      `arn:aws:secretsmanager:${Stack.of(scope).region}:<AWS::AccountId>:secret:${prefix}*`,
      "Partners come and go without a deployment, so their secrets are known by prefix.",
    );
  }

  grantRead(grantee: IGrantable): Grant {
    return this.#grant(grantee, "secretsmanager:GetSecretValue");
  }

  grantRegister(grantee: IGrantable): Grant {
    return this.#grant(
      grantee,
      "secretsmanager:CreateSecret",
      "secretsmanager:PutSecretValue",
      // for a secret that somebody has scheduled for deletion by hand
      "secretsmanager:RestoreSecret",
      // for a token that comes back after another, without reading any
      "secretsmanager:DescribeSecret",
      "secretsmanager:UpdateSecretVersionStage",
    );
  }

  grantDelete(grantee: IGrantable): Grant {
    return this.#grant(grantee, "secretsmanager:DeleteSecret");
  }

  #grant(grantee: IGrantable, ...actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#arns] });
  }
}
