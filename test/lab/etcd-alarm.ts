// An etcd with the alarm NOSPACE: it answers, but rejects writes.

/** `address` is reachable from the host. */
export async function raiseAlarmAt(address: string): Promise<void> {
  const body = JSON.stringify({ action: 'ACTIVATE', memberID: '0', alarm: 'NOSPACE' });
  const answer = await fetch(`http://${address}:2379/v3/maintenance/alarm`, { method: 'POST', body });
  if (!answer.ok) throw new Error(await answer.text());
}
