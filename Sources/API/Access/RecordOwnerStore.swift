import Contacts
import Postgres
import Users

/// To whom records belong.
struct RecordOwnerStore: Sendable {
  let pool: PostgresPool

  /// Which of some records belong to a user, or are for everybody to look at: global segments, reports of the system. Of contacts
  /// merged away it says whose the winner is.
  ///
  /// - Returns: The ids by whether they do; those that do not exist are missing.
  func ownership(
    of ids: [Int64], _ record: OwnedRecord, by user: Int64, to action: PermissionAction
  ) async throws -> [Int64: Bool] {
    var ownership = try await known(ids, record, user, action)
    guard record == .contact else { return ownership }
    for id in ids where ownership[id] == nil {
      guard let winner = try await ContactMerger.winner(of: id, in: pool) else { continue }
      ownership[id] = try await known([winner], record, user, action)[winner]
    }
    return ownership
  }

  private func known(
    _ ids: [Int64], _ record: OwnedRecord, _ user: Int64, _ action: PermissionAction
  ) async throws -> [Int64: Bool] {
    let rows = try await pool.query(
      """
      SELECT r.id, coalesce(\(sql: Self.owner(of: record)) = \(user), false)
        \(sql: action == .view ? Self.shared(record) : "")
      FROM \(sql: Self.source(of: record)) WHERE r.id = ANY (\(ids))
      """)
    return try rows.reduce(into: [:]) { ownership, row in
      ownership[try row.decode(at: 0)] = try row.decode(at: 1)
    }
  }

  /// What makes a record everybody's to look at.
  private static func shared(_ record: OwnedRecord) -> SQL {
    switch record {
    case .segment: "OR r.is_global"
    case .report: "OR r.is_system"
    default: ""
    }
  }

  private static func owner(of record: OwnedRecord) -> SQL {
    switch record {
    case .contact, .company: "r.owner_id"
    case .note, .device: "contacts.owner_id"
    case .campaignEvent: "campaigns.created_by"
    default: "r.created_by"
    }
  }

  /// The table, as `r`, and the one that has the owner.
  private static func source(of record: OwnedRecord) -> SQL {
    switch record {
    case .contact: "contacts AS r"
    case .company: "companies AS r"
    case .note: "notes AS r JOIN contacts ON contacts.id = r.contact_id"
    case .device: "devices AS r JOIN contacts ON contacts.id = r.contact_id"
    case .segment: "segments AS r"
    case .campaign: "campaigns AS r"
    case .campaignEvent: "campaign_events AS r JOIN campaigns ON campaigns.id = r.campaign_id"
    case .email: "emails AS r"
    case .form: "forms AS r"
    case .asset: "assets AS r"
    case .page: "pages AS r"
    case .dynamicContent: "dynamic_contents AS r"
    case .webhook: "webhooks AS r"
    case .focus: "focus_items AS r"
    case .sms: "sms_messages AS r"
    case .notification: "push_notifications AS r"
    case .tweet: "tweets AS r"
    case .message: "marketing_messages AS r"
    case .report: "reports AS r"
    }
  }
}
