// where the browser asks somebody first, and nobody answers
const patienceMs = 1000;

const written = async (text: string): Promise<boolean> => {
  const refused = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), patienceMs));
  return await Promise.race([navigator.clipboard.writeText(text).then(() => true), refused]);
};

/** Puts the field's text into the clipboard; false where the browser refuses, with the text left selected. */
export const copyText = async (field: HTMLInputElement): Promise<boolean> => {
  try {
    if (await written(field.value)) return true;
  } catch {
    // refused, or there is no clipboard for this page: the way of before may still be open
  }
  field.focus();
  field.select();
  return document.execCommand("copy");
};
