import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import Primitives

/// Records bounces and complaints (EML-420 to EML-425).
package struct BounceRecorder: Sendable {
  let jobs: JobClient
  let observers: [any MailObserver]
  let logger: Logger
  /// The number of soft bounces that count as a hard one: of one send, or of one contact within 30 days
  /// (EML-422).
  static let softLimit = 5
  /// The maximum number of bounces of one send that are kept with their details.
  static let mostDetails = 100

  /// Records reports, each once. One that fails does not keep the others from being recorded.
  ///
  /// - Returns: The number of reports that had an effect.
  /// - Throws: the first error, after all reports, if it is one of a report; that of a server at once.
  @discardableResult
  package func record(_ reports: [BounceReport]) async throws -> Int {
    var effects = 0
    var first: (any Error)?
    for report in reports {
      do {
        if try await record(report) { effects += 1 }
      } catch {
        if ErrorCause.isElsewhere(error) { throw error }
        first = first ?? error
      }
    }
    if let first { throw first }
    return effects
  }

  struct BouncedSend {
    var event: SendEvent
    var address: String
    var softBounces: Int
    var isFailed: Bool
    /// Whether copies of the message go to other addresses.
    var hasCopies: Bool
  }

  private func record(_ report: BounceReport) async throws -> Bool {
    let now = jobs.clock.now
    return try await jobs.transaction(at: now) { transaction in
      let before = try await subject(of: report, on: transaction.connection)
      let contacts = Set(before.holders).union([before.send?.event.contact].compactMap(\.self))
      let locked = try await ContactLock.lock(contacts.sorted(), on: transaction.connection)
      // Contacts are locked before their sends; both are read again, since they may have changed meanwhile.
      let (send, all) = try await subject(
        of: report, locking: "FOR UPDATE OF s", on: transaction.connection)
      let holders = all.filter(locked.contains)
      guard send != nil || !holders.isEmpty else {
        logger.notice("a bounce of an unknown address is ignored")
        return false
      }
      let contact = ([send?.event.contact].compactMap(\.self) + holders).first(
        where: locked.contains)
      let rows = try await transaction.query(
        """
        INSERT INTO email_bounces (key, contact_id, send_id, is_hard, is_about_recipient, at)
        VALUES (\(report.key), \(contact)::bigint, \(send?.event.send)::bigint,
          \(report.kind != .soft), \(report.isAboutRecipient), \(min(report.at, now)))
        ON CONFLICT (key) DO NOTHING RETURNING key
        """)
      guard !rows.isEmpty else { return false }
      if report.kind == .complaint {
        // The contact has complained, whatever its address is by now.
        let subject = MailSubject(
          hash: "", address: send?.address ?? report.address ?? "", contacts: locked,
          contact: send?.event.contact, event: send?.event)
        try await Unsubscriber.unsubscribe(
          subject, observers, comments: "Complaint: \(report.reason)", in: transaction)
        return true
      }
      try await bounce(report, send, contacts: holders, in: transaction)
      return true
    }
  }

  /// Returns the send and the contacts with the bounced address. A contact whose address has changed since the
  /// send is not among them, as nothing is known of the new address.
  private func subject(
    of report: BounceReport, locking lock: SQL = "", on connection: PostgresConnection
  ) async throws -> (send: BouncedSend?, holders: [Int64]) {
    var send = try await find(report, locking: lock, on: connection)
    // A bounced copy says nothing about the contact.
    if let found = send, found.hasCopies, let address = report.address,
      IdentityKey.of(address) != IdentityKey.of(found.address)
    {
      send = nil
    }
    let address = send?.address ?? report.address ?? ""
    return (send, try await RecipientStore.contacts(with: [address], on: connection))
  }

  private func bounce(
    _ report: BounceReport, _ send: BouncedSend?, contacts: [Int64], in transaction: Transaction
  ) async throws {
    let isHard = report.kind == .hard
    var barred = isHard
    if !isHard, report.isAboutRecipient, !contacts.isEmpty {
      let count: Int =
        try await transaction.query(
          BounceStatements.softBounces(of: contacts, now: transaction.now)
        ).first?
        .decode(at: 0) ?? 0
      barred = count >= Self.softLimit
    }
    if barred {
      _ = try await DoNotContactStore.add(
        contacts, channel: "email", reason: .bounced,
        comments: "\(report.kind.rawValue): \(report.reason)", channelID: send?.event.email,
        in: transaction)
    }
    guard let send else { return }
    let isLost = isHard || report.isFinal || send.softBounces + 1 >= Self.softLimit
    let fails = isLost && !send.isFailed
    let detail = JSONValue.object([
      "kind": .string(report.kind.rawValue), "reason": .string(report.reason),
      "at": .number(report.at.timeIntervalSince1970.rounded()),
    ])
    try await transaction.query(
      """
      UPDATE email_sends SET bounce_count = bounce_count + 1,
        -- The details are bounded.
        bounce_details = CASE WHEN bounce_count < \(Self.mostDetails)
          THEN coalesce(bounce_details, '[]'::jsonb) || \(try JSON(detail)) ELSE bounce_details END,
        is_failed = is_failed OR \(fails),
        state = CASE WHEN \(fails) AND state IN (\(literal: SendState.sent), \(literal: SendState.unknown)) THEN \(literal: SendState.bounced) ELSE state END
      WHERE id = \(send.event.send)
      """)
    guard fails else { return }
    for observer in observers {
      try await observer.failed(
        [MailFailure(event: send.event, reason: report.reason)], in: transaction)
    }
    if let email = send.event.email {
      await transaction.sendWithNext(BounceStatements.count(of: email))
    }
  }
}
