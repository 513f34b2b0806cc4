/** The vendor key and the version of the secret that it was read from. */
export interface VendorKeyVersion {
  key: string;
  version: string;
}

/** Our half of Gradient's credential, from memory for up to five minutes. */
export interface VendorKey {
  current(): Promise<VendorKeyVersion>;
  /** Drops what is in memory, after Gradient's 401: whoever asks next gets a key that was corrected meanwhile. */
  forget(): void;
}
