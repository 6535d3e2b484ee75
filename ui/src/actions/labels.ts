import { call } from "../api/client";
import { LabelObject, SetLabels } from "../api/documents";
import type { LabelInput } from "../api/generated/graphql";
import { clearNotice, reportError } from "../store/notices";
import { findObject, isOnServer } from "../store/selectors";
import { changeObject, getPage, setPage } from "../store/store";
import type { Attribute } from "../store/types";
import { ensureSession } from "./newSession";
import { enqueue } from "./promptQueue";

/** Gives the selected object the label with a number key; the label that it has already is taken away. */
export function labelByKey(key: number): void {
  const { labels, selected } = getPage();
  const label = labels.find((each) => each.key === key);
  const object = findObject(selected);
  if (label && object) void labelObject(object.objectId, object.label === label.name ? "" : label.name);
}

export async function labelObject(objectId: number, label: string): Promise<void> {
  await change(objectId, { label: label || null }, { label });
}

/** Replaces an object's attributes. */
export async function setAttributes(objectId: number, attributes: Attribute[]): Promise<void> {
  await change(objectId, { attributes }, { attributes });
}

async function change(objectId: number, shown: { label?: string | null; attributes?: Attribute[] }, sent: { label?: string; attributes?: Attribute[] }): Promise<void> {
  const object = findObject(objectId);
  if (!object) return;
  changeObject(objectId, shown);
  if (!isOnServer(object)) return;
  await enqueue(async () => {
    try {
      await call(LabelObject, { input: { sessionId: getPage().sessionId!, objectId, ...sent } });
    } catch (error) {
      changeObject(objectId, { label: object.label, attributes: object.attributes });
      throw error;
    }
  });
}

/** Sets the labels of the project; null: those of its file. Returns whether that worked. */
export async function saveLabels(labels: LabelInput[] | null): Promise<boolean> {
  try {
    clearNotice("labels");
    const { setLabels } = await call(SetLabels, { input: { sessionId: await ensureSession(), labels } });
    setPage({ labels: setLabels.labels });
    return true;
  } catch (error) {
    reportError("labels", error);
    return false;
  }
}
