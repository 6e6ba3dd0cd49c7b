import type { NodeInstance } from "@node-red/editor-client";

/**
 * A validator that says why a value is wrong. Since Node-RED 3 a validator may answer with a sentence, provided
 * that it declares two parameters; the published typings know only yes and no.
 */
export function explained(
  check: (value: unknown, node: NodeInstance) => true | string,
): (value: string) => boolean;
export function explained(check: (value: unknown, node: NodeInstance) => true | string): unknown {
  return function (this: NodeInstance, value: unknown, _options: unknown): true | string {
    return check(value, this);
  };
}
