import Fields
import Foundation
import Postgres

/// A send that this worker has claimed and may hand over.
struct ClaimedSend: Sendable {
  var id: Int64
  var hash: UUID
  var contact: Int64
  var family: Int64?
  var source: SendSource
  var isMarketing: Bool
  var isQueueEntry: Bool
  /// The number of attempts, including this one.
  var attempts: Int
  /// Whether an earlier delivery of the job had claimed it.
  var isRepeated: Bool
  var person: RecipientProfile
}

/// The result of claiming sends.
struct Claim: Sendable {
  /// The sends to hand over.
  var sends: [ClaimedSend] = []
  /// The sends that are no longer sent, with the reason.
  var skipped: [(id: Int64, note: String)] = []
  /// The sends with a malformed address: they fail, and the contact is not written to again (EML-103).
  var malformed: [ClaimedSend] = []
  /// The sends that an earlier delivery had claimed whose worker died; their outcome is unknown (EML-220).
  var lost: [ClaimedSend] = []
  /// The sends of a broadcast whose e-mail is not published; they wait (EML-134).
  var paused: [Int64] = []
  /// The sends of an unpublished variant; they get the parent (EML-151).
  var passedOn: [Int64] = []
}

/// Claims sends: checks each with its contact once more, and marks it.
struct Claimer {
  let email: Int64
  let template: CachedTemplate
  let fields: FieldSet
  let isIdempotent: Bool
  let now: Date

  /// Claims sends: one statement reads them with the contact data that messages need, one marks them.
  func take(_ ids: [Int64], on connection: PostgresConnection) async throws -> Claim {
    let found = try await connection.pipeline([emailState, sends(ids)])
    guard let state = found[0].first else { return Claim() }
    let version = Version(
      isOpen: try state.decode("is_open"), isVariant: try state.decode("is_variant"))
    var claim = Claim()
    for row in found[1] { try classify(row, version, &claim) }
    try await mark(claim, on: connection)
    return claim
  }

  private struct Version {
    var isOpen: Bool
    var isVariant: Bool
  }

  private func classify(_ row: PostgresRow, _ version: Version, _ claim: inout Claim) throws {
    let id: Int64 = try row.decode("id")
    guard try row.decode("is_there", as: Bool.self) else {
      return claim.skipped.append((id, "the contact was deleted"))
    }
    var person = try ProfileColumns.person(row, aliases: template.template.fields)
    if let tokens: JSON = try row.decode("token_values") {
      person.custom = try tokens.decode(TokenRecord.self).custom ?? [:]
    }
    let isTaken = try row.decode("state", as: Int16.self) == SendState.sending.rawValue
    let send = ClaimedSend(
      id: id, hash: try row.decode("hash"), contact: person.contact,
      family: try row.decode("family_id"),
      source: SendSource(kind: try row.decode("source_kind"), id: try row.decode("source_id")),
      isMarketing: try row.decode("is_marketing"),
      isQueueEntry: try row.decode("is_queue_entry"),
      attempts: try row.decode("attempts", as: Int.self) + 1, isRepeated: isTaken, person: person)
    let refusal = try refusal(row, person, isOpen: version.isOpen)
    // A send that may have been handed over and is not repeated is not known to be unsent.
    if isTaken, !isIdempotent || refusal != nil { return claim.lost.append(send) }
    if let refusal {
      if refusal == .unpublished, version.isVariant { return claim.passedOn.append(id) }
      if refusal == .unpublished, try row.decode("is_bulk") { return claim.paused.append(id) }
      return claim.skipped.append((id, refusal.note))
    }
    guard EmailWire.address(person.address) != nil else { return claim.malformed.append(send) }
    claim.sends.append(send)
  }

  /// Returns the reason why a send is no longer handed over.
  private func refusal(
    _ row: PostgresRow, _ person: RecipientProfile, isOpen: Bool
  ) throws -> MailRefusal? {
    if !isOpen { return .unpublished }
    if try row.decode("is_barred", as: Bool.self) { return .doNotContact }
    if try row.decode("has_left", as: Bool.self) { return .categoryUnsubscribed }
    return person.address.isEmpty ? .noAddress : nil
  }
}
