/** One row of a list that a person picks from. Pure. */
export interface PickerRow {
  /** The text that goes into the field. */
  value: string;
  title: string;
  /** Texts beside the title. */
  about: readonly string[];
  /** An icon of Font Awesome 4, such as `fa-music`. */
  icon: string;
  /** URL of a picture that is shown in the place of the icon. */
  image?: string | null;
}

/** Whether no other row has the same title and the same texts beside it. */
export function isDistinct({ title, about }: PickerRow, rows: readonly PickerRow[]): boolean {
  const said = (row: Pick<PickerRow, "title" | "about">): string => [row.title, ...row.about].join("\n");
  return rows.filter((row) => said(row) === said({ title, about })).length === 1;
}
