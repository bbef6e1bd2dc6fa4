// etcd when it is out of room: it answers, and takes no write.

/** `address` is one at which the host reaches it. */
export async function raiseAlarmAt(address: string): Promise<void> {
  const body = JSON.stringify({ action: 'ACTIVATE', memberID: '0', alarm: 'NOSPACE' });
  const answer = await fetch(`http://${address}:2379/v3/maintenance/alarm`, { method: 'POST', body });
  if (!answer.ok) throw new Error(await answer.text());
}
