/** What a person picks from a list. Pure. */
export interface PickerRow {
  /** What is put into the field. */
  value: string;
  title: string;
  /** What is said beside the title. */
  about: readonly string[];
  /** An icon of Font Awesome 4, such as `fa-music`. */
  icon: string;
  /** URL of a picture that is shown in the place of the icon. */
  image?: string | null;
}

/** Whether no other row is said to be the same. */
export function isDistinct({ title, about }: PickerRow, rows: readonly PickerRow[]): boolean {
  const said = (row: Pick<PickerRow, "title" | "about">): string => [row.title, ...row.about].join("\n");
  return rows.filter((row) => said(row) === said({ title, about })).length === 1;
}
