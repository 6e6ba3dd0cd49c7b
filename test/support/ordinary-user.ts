/** Root can open all files, so a test of permissions works as another user. */
const NOBODY = 65_534;

/** @returns function that restores the user */
export function becomeOrdinaryUser(): () => void {
  if (process.geteuid?.() !== 0) return () => undefined;
  process.seteuid!(NOBODY);
  return () => process.seteuid!(0);
}
