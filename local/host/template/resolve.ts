import * as z from "zod";

/** What the intrinsic functions of a template may refer to. */
export interface Scope {
  /** A parameter, a pseudo parameter or a resource. */
  ref(name: string): unknown;
  attribute(resource: string, name: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
}

const noValue = Symbol("AWS::NoValue");

const pair = z.tuple([z.unknown(), z.unknown()]);
const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const list = z.array(z.unknown());

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const texts = (value: unknown, scope: Scope): string[] => z.array(text).parse(evaluate(value, scope));

/** `Fn::GetAtt` takes `[resource, attribute]` or `resource.attribute`; the attribute may hold dots itself. */
const attributeOf = (argument: unknown, scope: Scope): unknown => {
  const [resource, ...path] = typeof argument === "string" ? argument.split(".") : texts(argument, scope);
  return scope.attribute(resource ?? "", path.join("."));
};

const substitute = (argument: unknown, scope: Scope): string => {
  const [template, given] = typeof argument === "string" ? [argument, {}] : pair.parse(argument);
  const variables = z.record(z.string(), z.unknown()).parse(given);
  return text.parse(template).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal === "!") {
      return `\${${name}}`;
    }
    if (Object.hasOwn(variables, name)) {
      return text.parse(evaluate(variables[name], scope));
    }
    return text.parse(name.includes(".") ? attributeOf(name, scope) : scope.ref(name));
  });
};

const choose: Intrinsic = (argument, scope) => {
  const [condition, whenTrue, whenFalse] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
  return evaluate(scope.condition(condition) ? whenTrue : whenFalse, scope);
};

const intrinsics = new Map<string, Intrinsic>([
  ["Ref", (name, scope) => (name === "AWS::NoValue" ? noValue : scope.ref(z.string().parse(name)))],
  ["Condition", (name, scope) => scope.condition(z.string().parse(name))],
  ["Fn::GetAtt", attributeOf],
  ["Fn::Sub", substitute],
  ["Fn::If", choose],
  [
    "Fn::Join",
    (argument, scope) => {
      const [separator, parts] = pair.parse(argument);
      return texts(parts, scope).join(z.string().parse(separator));
    },
  ],
  [
    "Fn::Split",
    (argument, scope) => {
      const [separator, value] = pair.parse(argument);
      return text.parse(evaluate(value, scope)).split(z.string().parse(separator));
    },
  ],
  [
    "Fn::Select",
    (argument, scope) => {
      const [index, values] = pair.parse(argument);
      return list.parse(evaluate(values, scope))[z.coerce.number().parse(evaluate(index, scope))];
    },
  ],
  [
    "Fn::FindInMap",
    (argument, scope) => {
      const [map, first, second] = z.tuple([text, text, text]).parse(evaluate(argument, scope));
      return scope.mapping(map, first, second);
    },
  ],
  [
    "Fn::Equals",
    (argument, scope) => {
      const [left, right] = pair.parse(argument);
      return String(evaluate(left, scope)) === String(evaluate(right, scope));
    },
  ],
  ["Fn::Not", (argument, scope) => list.parse(argument).every((each) => evaluate(each, scope) !== true)],
  ["Fn::And", (argument, scope) => list.parse(argument).every((each) => evaluate(each, scope) === true)],
  ["Fn::Or", (argument, scope) => list.parse(argument).some((each) => evaluate(each, scope) === true)],
]);

/** The one intrinsic function that this object is, if it is one. */
const intrinsicCall = (value: object): [Intrinsic, unknown] | undefined => {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) {
    return undefined;
  }
  const [name, argument] = entry;
  const intrinsic = intrinsics.get(name);
  if (intrinsic === undefined && name.startsWith("Fn::")) {
    throw new Error(`${name} is not imitated locally.`);
  }
  return intrinsic === undefined ? undefined : [intrinsic, argument];
};

/** Replaces every intrinsic function in a piece of a template by what it stands for. */
export const evaluate = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value)) {
    return value.map((each) => evaluate(each, scope)).filter((each) => each !== noValue);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const call = intrinsicCall(value);
  if (call !== undefined) {
    const [intrinsic, argument] = call;
    return intrinsic(argument, scope);
  }
  const members = Object.entries(value).map(([name, member]) => [name, evaluate(member, scope)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== noValue));
};
