package import Contacts
import Foundation
import Postgres

/// Begins the runs of contacts in a campaign.
struct MemberAdder {
  private let transaction: CampaignTransaction
  private let source: EntrySource

  init(_ transaction: CampaignTransaction, _ source: EntrySource) {
    self.transaction = transaction
    self.source = source
  }

  func add(_ contacts: [Int64], areNew: Bool) async throws -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    if areNew, let entered = try await addNew(contacts) { return entered }
    let contacts = Set(contacts).sorted()
    let new = try await transaction.members.insert(contacts, manually: source == .manual)
    var enrollments = new.map { Enrollment(contact: $0, rotation: 1) }
    if new.count < contacts.count {
      let known = Set(new)
      enrollments += try await restart(contacts.filter { !known.contains($0) })
    }
    guard !enrollments.isEmpty else { return [] }
    enrollments.sort { $0.contact < $1.contact }
    let members = enrollments.map(\.contact)
    transaction.cascade.noteBegun(members, in: transaction.campaign)
    try await transaction.counters.countMembers(added: members.count, at: transaction.now)
    let again = enrollments.filter { $0.rotation > 1 }
    // Open entries of the previous run do not fire beside the new one (CAM-108).
    if !again.isEmpty { try await transaction.members.cancelEarlierRuns(again) }
    // The marks go along with the next statement: filters may test campaign membership.
    try await markChanged(members)
    transaction.progress.exited.subtract(members)
    try await EventScheduler(transaction).consider(transaction.graph.roots, enrollments)
    try await JumpExecutor(transaction).runPending()
    return members
  }

  /// Adds contacts of a segment that have no rows, by inserts that expect none.
  ///
  /// - Returns: nil if another transaction inserted a row meanwhile; nothing was written then.
  private func addNew(_ contacts: [Int64]) async throws -> [Int64]? {
    let before = transaction.cascade.snapshot
    do {
      try await transaction.connection.savepoint { _ in
        try await transaction.members.insertNew(contacts)
        transaction.cascade.noteBegun(contacts, in: transaction.campaign)
        // A contact that was never a member has no entries either.
        transaction.expectsNoEntries = true
        defer { transaction.expectsNoEntries = false }
        try await EventScheduler(transaction).consider(
          transaction.graph.roots, contacts.map { Enrollment(contact: $0, rotation: 1) })
      }
    } catch let error as PostgresError where error.sqlState == .uniqueViolation {
      transaction.cascade.restore(before)
      return nil
    }
    try await transaction.counters.countMembers(added: contacts.count, at: transaction.now)
    try await markChanged(contacts)
    try await JumpExecutor(transaction).runPending()
    return contacts
  }

  /// Begins a new run of those members that may. The outcomes of the previous run no longer count.
  private func restart(_ contacts: [Int64]) async throws -> [Enrollment] {
    let members = transaction.members
    let held = try await members.lock(contacts, where: mayRestart)
    guard !held.isEmpty else { return [] }
    let active = held.filter(\.isActive).map(\.contact)
    if !active.isEmpty {
      try await transaction.connection.query(transaction.counters.uncountStatement(active))
      // They are counted again as added.
      try await transaction.counters.countMembers(removed: active.count, at: transaction.now)
    }
    let contacts = held.map(\.contact)
    if source == .manual || transaction.graph.allowsRestart {
      try await members.recordRuns(of: contacts, where: mayRestart)
    }
    return try await members.restart(contacts, manually: source == .manual)
  }

  /// Whether a member `m` begins a new run (campaigns.md 8.1).
  private var mayRestart: SQL {
    let allowsRestart = transaction.graph.allowsRestart
    switch source {
    case .segment:
      let limit = transaction.now.addingTimeInterval(
        -Double(transaction.settings.restartPause.components.seconds))
      return "(\(allowsRestart) AND NOT m.is_active AND m.date_last_exited <= \(limit))"
    case .manual: return "(NOT m.is_active OR \(allowsRestart))"
    }
  }

  private func markChanged(_ contacts: [Int64]) async throws {
    try await ContactChanges.mark(
      contacts, [.anyCampaign, .campaign(transaction.campaign)], in: transaction.database)
  }
}

extension ChangeTopic {
  /// The topic of membership of any campaign.
  package static let anyCampaign = ChangeTopic(rawValue: "campaign:any")
  /// Returns the topic of membership of a campaign.
  package static func campaign(_ id: Int64) -> ChangeTopic {
    ChangeTopic(rawValue: "campaign:\(id)")
  }
}
