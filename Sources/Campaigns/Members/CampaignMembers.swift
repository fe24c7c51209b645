public import Contacts
public import Foundation
public import JobQueue
public import Postgres

/// Puts contacts into campaigns and takes them out, in sets: what users, bulk actions, forms and points do
/// (campaigns.md 4).
public struct CampaignMembers: Sendable {
  let runtime: CampaignRuntime

  init(runtime: CampaignRuntime) { self.runtime = runtime }

  /// Adds contacts by hand, in a transaction of its own. Of a campaign that is not live they are members all
  /// the same; their first events wait until it is (CAM-602).
  ///
  /// - Returns: Who began a run, in order; the others were in it already (CAM-107).
  /// - Throws: `CampaignError.notFound` where the campaign or one of the contacts does not exist; nothing has
  ///   changed then. `PostgresError`.
  @discardableResult
  public func add(_ contacts: [Int64], to campaign: Int64) async throws -> [Int64] {
    try await change(contacts, campaign) { try await $0.enter($1, by: .manual) }
  }

  /// Removes contacts by hand, in a transaction of its own: only a manual way in brings them back (CAM-105).
  ///
  /// - Returns: Who was an active member, in order.
  /// - Throws: As ``add(_:to:)``.
  @discardableResult
  public func remove(_ contacts: [Int64], from campaign: Int64) async throws -> [Int64] {
    try await change(contacts, campaign) { try await $0.leave($1, .byHand) }
  }

  private func change(
    _ contacts: [Int64], _ campaign: Int64,
    _ body: @Sendable (Pass, [Int64]) async throws -> [Int64]
  ) async throws -> [Int64] {
    let wanted = Set(contacts).sorted()
    let changed = try await runtime.pass(campaign, evenAsleep: true) { pass in
      let found = try await ContactLock.lock(wanted, on: pass.connection)
      let missing = Set(wanted).subtracting(found).sorted()
      guard missing.isEmpty else {
        let names = missing.prefix(10).map(String.init).joined(separator: ", ")
        throw CampaignError.notFound("there is no contact \(names)")
      }
      return try await body(pass, wanted)
    }
    guard let changed else { throw CampaignError.notFound("there is no campaign \(campaign)") }
    return changed
  }

  // MARK: Within a transaction of the caller's

  /// How contacts are taken out.
  public enum Removal: Sendable {
    /// By a user: only a manual way in brings them back.
    case byHand
    /// By an action or by points: a source segment may take them back (CAM-110).
    case exit
  }

  /// Adds contacts whose rows the caller has locked.
  ///
  /// - Returns: Who began a run, in order; nobody where the campaign does not exist.
  /// - Throws: `PostgresError`.
  @discardableResult
  public func add(
    _ contacts: [Int64], to campaign: Int64, now: Date, on connection: PostgresConnection,
    _ outbox: JobOutbox
  ) async throws -> [Int64] {
    try await change(campaign, now, connection, outbox) {
      try await $0.enter(contacts, by: .manual)
    }
  }

  /// Removes contacts whose rows the caller has locked.
  ///
  /// - Returns: Who was an active member, in order; nobody where the campaign does not exist.
  /// - Throws: `PostgresError`.
  @discardableResult
  public func remove(
    _ contacts: [Int64], from campaign: Int64, as removal: Removal, now: Date,
    on connection: PostgresConnection, _ outbox: JobOutbox
  ) async throws -> [Int64] {
    try await change(campaign, now, connection, outbox) {
      try await $0.leave(contacts, removal == .exit ? .exit : .byHand)
    }
  }

  private func change(
    _ campaign: Int64, _ now: Date, _ connection: PostgresConnection, _ outbox: JobOutbox,
    _ body: (Pass) async throws -> [Int64]
  ) async throws -> [Int64] {
    let done = try await runtime.engine.pass(
      campaign, now: now, on: connection, outbox, evenAsleep: true, body)
    guard let done else { return [] }
    await runtime.wake(done.wakes, after: connection)
    return done.result
  }
}

extension CampaignRuntime {
  /// Lets acts of contacts decide what is open for them, within a transaction of the caller's (CAM-402).
  public func record(
    _ acts: [CampaignAct], now: Date, on connection: PostgresConnection, _ outbox: JobOutbox
  ) async throws {
    let wakes = try await engine.record(acts, now: now, on: connection, outbox)
    await wake(wakes, after: connection)
  }
}
