// by person: several may share a browser
const keyOf = (sub: string): string => `has-left-for-gradient ${sub}`;

/** This person has been told, in this browser, that Gradient's pages are not the hub's. */
export const hasLeft = (sub: string): boolean => {
  try {
    return localStorage.getItem(keyOf(sub)) !== null;
  } catch {
    // a browser that keeps nothing: it is said each time
    return false;
  }
};

export const noteLeft = (sub: string): void => {
  try {
    localStorage.setItem(keyOf(sub), "yes");
  } catch {
    // as above
  }
};
