import type { NodeAPISettingsWithData } from "node-red";

/**
 * What the administrator may say in settings.js. There and not in a property, so that no flow can send a credential
 * elsewhere.
 */
export interface SessionSettings extends NodeAPISettingsWithData {
  /** Base URLs in place of Spotify's own. */
  spotifySessionEndpoints?: Record<string, unknown>;
  /** PEM of the RSA key that an access point must sign with. */
  spotifySessionAccessPointKey?: string;
  /** Where accounts are kept that several Node-REDs share: what the package's `redis` module makes. */
  spotifySessionStore?: unknown;
  /** Node-RED's own: nothing may be written. */
  readOnly?: boolean;
}

/** Declared to Node-RED, and not shown to the editor. */
export const SETTINGS = {
  spotifySessionEndpoints: { value: {}, exportable: false },
  spotifySessionAccessPointKey: { value: "", exportable: false },
  spotifySessionStore: { value: null, exportable: false },
};
