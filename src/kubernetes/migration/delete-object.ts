// Deletes an object of a migration; an object that does not exist is already deleted.
import { isStatus, apiError } from '../client/api-error.js';
import type { MigrationTools } from './migration-tools.js';

export async function deleted(
  what: string,
  { cluster }: MigrationTools,
  remove: () => Promise<unknown>,
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isStatus(error, 404)) throw apiError(error, `delete ${what}`, cluster.server);
  }
}
