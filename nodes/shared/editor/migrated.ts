/** Shows in a dialog what an older version of a node stored, in today's form. */
import type { Migrated, Properties } from "../migration";

/**
 * Fills the inputs in, after Node-RED has filled them with what is stored: so that Node-RED saves what is shown.
 *
 * @param prefix `node-input` or `node-config-input`
 * @returns the properties as they are to be shown
 */
export function showMigrated<Stored extends object>(
  stored: Stored,
  { properties }: Migrated<Stored>,
  prefix: string,
): Stored {
  for (const [name, value] of Object.entries(properties)) {
    if (value === (stored as Properties)[name]) continue;
    const input = document.getElementById(`${prefix}-${name}`);
    if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = value === true;
    else if (input instanceof HTMLInputElement || input instanceof HTMLSelectElement)
      input.value = String(value);
  }
  return properties;
}
