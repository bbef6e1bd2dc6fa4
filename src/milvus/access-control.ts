// Databases, roles and grants over gRPC (milvus-io/milvus-proto proto/milvus.proto), which older versions do not offer
// over HTTP.
import { protoAll, protoBytes, protoText, protoTrue } from '../core/lib/protobuf.js';
import { describeGrant } from './grants.js';
import type { MilvusGrpc } from './grpc.js';

const NOTHING = new Uint8Array();

export class AccessControlApi {
  readonly #grpc: MilvusGrpc;
  constructor(grpc: MilvusGrpc) {
    this.#grpc = grpc;
  }

  close(): void {
    this.#grpc.close();
  }

  /** ListDatabasesResponse.db_names. */
  async databases(): Promise<readonly string[]> {
    return protoAll(await this.#grpc.call('ListDatabases', NOTHING), 2).map(textOf);
  }

  /** SelectRoleResponse.results[].role.name. */
  async roles(): Promise<readonly string[]> {
    const answer = await this.#grpc.call('SelectRole', NOTHING);
    return protoAll(answer, 2).map((result) => protoText(result, 1, 1));
  }

  /** SelectUserRequest.user.name, include_role_info; SelectUserResponse.results[].roles[].name. */
  async rolesOf(user: string): Promise<readonly string[]> {
    const request = Buffer.concat([protoBytes(2, protoBytes(1, user)), protoTrue(3)]);
    const answer = await this.#grpc.call('SelectUser', request);
    return protoAll(answer, 2).flatMap((result) => protoAll(result, 2).map((role) => protoText(role, 1)));
  }

  /** SelectGrantRequest.entity: role.name and db_name; SelectGrantResponse.entities[]. */
  async grants(role: string, database: string): Promise<readonly string[]> {
    const entity = Buffer.concat([protoBytes(1, protoBytes(1, role)), protoBytes(5, database)]);
    const answer = await this.#grpc.call('SelectGrant', protoBytes(2, entity));
    return protoAll(answer, 2).map((grant) =>
      describeGrant({
        role,
        privilege: protoText(grant, 4, 2, 1),
        objectType: protoText(grant, 2, 1),
        objectName: protoText(grant, 3),
        database: protoText(grant, 5),
      }),
    );
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
