/** Files are closed to nobody who is root: a test of permissions does its work as another user. */
const NOBODY = 65_534;

/** @returns puts things back as they were */
export function becomeOrdinaryUser(): () => void {
  if (process.geteuid?.() !== 0) return () => undefined;
  process.seteuid!(NOBODY);
  return () => process.seteuid!(0);
}
