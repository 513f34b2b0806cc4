import * as z from "zod";
import { localAccount, localRegion } from "../../aws/aws-call.ts";
import { evaluate, type Scope } from "./resolve.ts";
import type { LoadedTemplate } from "./template.ts";

/** A resource of the template as it came; `stack.properties` has its intrinsic functions resolved. */
export interface StackResource {
  id: string;
  type: string;
  metadata: Record<string, unknown>;
}

/** A template with its parameters filled in: what is in it, and what each reference in it stands for. */
export interface Stack {
  resources: StackResource[];
  ofType(...types: string[]): StackResource[];
  properties<T>(resource: StackResource, schema: z.ZodType<T>): T;
  /** The resource's own name where the template gives one, else one made from the stack and the logical id. */
  nameOf(resource: StackResource): string;
  arnOf(resource: StackResource): string;
  /** What `Ref` of this resource is from now on, once that is only known after creating it. */
  setRef(resource: StackResource, value: string): void;
  setAttribute(resource: StackResource, name: string, value: string): void;
}

const nameProperties: Record<string, string> = {
  "AWS::Lambda::Function": "FunctionName",
  "AWS::SQS::Queue": "QueueName",
  "AWS::DynamoDB::Table": "TableName",
  "AWS::DynamoDB::GlobalTable": "TableName",
};

/** The part of an ARN after the account, for the types that something else in a template points to. */
const arnTails: Record<string, (name: string) => [service: string, tail: string]> = {
  "AWS::Lambda::Function": (name) => ["lambda", `function:${name}`],
  "AWS::SQS::Queue": (name) => ["sqs", name],
  "AWS::DynamoDB::Table": (name) => ["dynamodb", `table/${name}`],
  "AWS::DynamoDB::GlobalTable": (name) => ["dynamodb", `table/${name}`],
};

const pseudoParameters: Record<string, string> = {
  "AWS::Region": localRegion,
  "AWS::AccountId": localAccount,
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
};

const isTrue = (value: unknown) => value === true || value === "true";

export const openStack = (
  { content, stackName }: LoadedTemplate,
  parameters: Record<string, string | string[]>,
): Stack => {
  const refs = new Map<string, string>();
  const attributes = new Map<string, string>();

  const parameter = (name: string): unknown => {
    const declared = content.Parameters[name];
    const value = parameters[name] ?? declared?.Default ?? "";
    const isList = declared?.Type === "CommaDelimitedList" || declared?.Type.startsWith("List<");
    return isList && typeof value === "string" ? value.split(",").map((each) => each.trim()) : value;
  };

  const rawResource = (id: string) => {
    const found = content.Resources[id];
    if (found === undefined) {
      throw new Error(`The template refers to ${id}, which it does not contain.`);
    }
    return found;
  };

  const nameById = (id: string): string => {
    const { Type, Properties } = rawResource(id);
    const given = Properties[nameProperties[Type] ?? "Name"];
    if (given !== undefined) {
      return z.string().parse(evaluate(given, scope));
    }
    return `${stackName}-${id}${isTrue(Properties.FifoQueue) ? ".fifo" : ""}`;
  };

  const arnById = (id: string): string => {
    const tail = arnTails[rawResource(id).Type];
    const [service, rest] = tail === undefined ? ["local", id] : tail(nameById(id));
    return `arn:aws:${service}:${localRegion}:${localAccount}:${rest}`;
  };

  /** Published versions and aliases all run the code at hand: their ARN is the function's with a qualifier. */
  const qualifiedFunction = (id: string): string => {
    const { FunctionName, Name } = rawResource(id).Properties;
    return `${String(evaluate(FunctionName, scope))}:${Name === undefined ? "1" : String(evaluate(Name, scope))}`;
  };

  const resourceRef = (id: string): string => {
    const { Type } = rawResource(id);
    const isQualified = Type === "AWS::Lambda::Version" || Type === "AWS::Lambda::Alias";
    return refs.get(id) ?? (isQualified ? qualifiedFunction(id) : nameById(id));
  };

  const scope: Scope = {
    ref: (name) => {
      if (name in content.Parameters || name in parameters) {
        return parameter(name);
      }
      return pseudoParameters[name] ?? (name.startsWith("AWS::Stack") ? stackName : resourceRef(name));
    },
    attribute: (id, name) => {
      const known = attributes.get(`${id}.${name}`);
      if (known !== undefined) {
        return known;
      }
      switch (name) {
        case "Arn":
          return arnById(id);
        case "StreamArn":
          return `${arnById(id)}/stream/local`;
        case "QueueName":
          return nameById(id);
        case "QueueUrl":
          return resourceRef(id);
        default:
          return `${id}.${name}`;
      }
    },
    condition: (name) => evaluate(content.Conditions[name], scope) === true,
    mapping: (map, first, second) => content.Mappings[map]?.[first]?.[second],
  };

  const resources = Object.entries(content.Resources)
    .filter(([, { Condition }]) => Condition === undefined || scope.condition(Condition))
    .map(([id, { Type, Metadata }]) => ({ id, type: Type, metadata: Metadata }));

  return {
    resources,
    ofType: (...types) => resources.filter(({ type }) => types.includes(type)),
    properties: ({ id }, schema) => schema.parse(evaluate(rawResource(id).Properties, scope)),
    nameOf: ({ id }) => nameById(id),
    arnOf: ({ id }) => arnById(id),
    setRef: ({ id }, value) => {
      refs.set(id, value);
    },
    setAttribute: ({ id }, name, value) => {
      attributes.set(`${id}.${name}`, value);
    },
  };
};
