package import Foundation
import JobQueue
import Postgres

extension UserStore {
  /// Takes away the second factor of a user who has lost it, and ends his sessions; every process heeds it within a second.
  ///
  /// - Returns: The user, who may log in with the password alone, unless his role requires a second factor; nil for an
  ///   unknown id.
  /// - Throws: ``UserError/exceedsOwnRights``, ``SecondFactorError/ownAccount``; `PostgresError`.
  package func resetSecondFactor(
    of id: Int64, by actor: UserActor, now: Date
  ) async throws -> User? {
    guard actor.author.id != id else { throw SecondFactorError.ownAccount }
    return try await RoleStore.changing(transactions, now: now) { transaction in
      try await SecondFactorStore.lock(id, in: transaction)
      guard let user = try await Self.user(id, on: transaction.connection) else { return nil }
      guard actor.rights.covers(user.role.permissions) else { throw UserError.exceedsOwnRights }
      guard try await SecondFactorStore.remove(of: id, in: transaction) else { return user }
      try await SessionStore.end(of: id, but: nil, in: transaction)
      try await SecondFactorStore.audit(
        "two_factor_reset", id, by: actor.author, in: transaction)
      return try await Self.user(id, on: transaction.connection)
    }
  }

  /// Takes away the second factor of the user with a name or an address, as ``resetSecondFactor(of:by:now:)``.
  ///
  /// - Returns: The user as he was.
  /// - Throws: ``UserError/notFound``; `PostgresError`.
  package func resetSecondFactor(ofUserNamed name: String, now: Date) async throws -> User {
    guard let user = try await find(name),
      try await resetSecondFactor(of: user.id, by: .commandLine, now: now) != nil
    else { throw UserError.notFound }
    return user
  }
}
