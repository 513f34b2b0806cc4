/** A route's address: segments that start with a colon stand for anything but nothing. */
export interface Address {
  method: string;
  path: string;
}

export interface Match<R extends Address> {
  route: R;
  params: ReadonlyMap<string, string>;
}

const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

const paramsOf = (pattern: string[], segments: string[]): Map<string, string> | undefined => {
  if (pattern.length !== segments.length) return undefined;
  const params = new Map<string, string>();
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (!expected.startsWith(":")) {
      if (expected !== segment) return undefined;
      continue;
    }
    const value = decode(segment);
    if (!value) return undefined;
    params.set(expected.slice(1), value);
  }
  return params;
};

/** Finds the route of a method and a still percent-encoded path; the first that fits wins. */
export const router = <R extends Address>(routes: R[]) => {
  const patterns = routes.map((route) => ({ route, pattern: route.path.split("/") }));
  return (method: string, path: string): Match<R> | undefined => {
    const segments = path.split("/");
    for (const { route, pattern } of patterns) {
      if (route.method !== method) continue;
      const params = paramsOf(pattern, segments);
      if (params) return { route, params };
    }
    return undefined;
  };
};
